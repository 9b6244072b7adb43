"use strict";
// The page is whole without this: what is here is the other language, sorting, files to keep, and sections that open when led to.
(function () {
  function visible() {
    return document.querySelector("[data-view]:not([hidden])");
  }

  // What is packed in the page: gzip in base64.
  function unpacked(element) {
    const bytes = Uint8Array.from(atob(element.textContent), function (letter) { return letter.charCodeAt(0); });
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
  }

  function opened(target) {
    for (let place = target; place; place = place.parentElement) {
      if (place.tagName === "DETAILS") place.open = true;
    }
    const own = target.querySelector(":scope > details.more");
    if (own) own.open = true;
  }

  // A link leads to what it names also when that is folded away.
  function led() {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    opened(target);
    target.scrollIntoView();
  }

  // The same place in the other language.
  function nearest(view) {
    const marks = Array.from(view.querySelectorAll("section > h2[id], article[id]"));
    return marks.filter(function (mark) { return mark.getBoundingClientRect().top <= innerHeight / 3; }).pop();
  }

  async function show(language) {
    const from = visible();
    const to = document.querySelector('[data-view="' + language + '"]');
    const packed = document.querySelector('[data-packed="' + language + '"]');
    if (packed) {
      to.innerHTML = await unpacked(packed);
      packed.remove();
      made(to);
    }
    const mark = nearest(from);
    from.querySelectorAll("details[open][id], article[id] > details[open]").forEach(function (details) {
      const id = (details.id || details.parentElement.id).replace(from.dataset.view + "-", language + "-");
      const other = document.getElementById(id);
      if (other) opened(other.tagName === "DETAILS" ? other : other.querySelector("details"));
    });
    from.hidden = true;
    to.hidden = false;
    document.documentElement.lang = language;
    document.title = JSON.parse(document.body.dataset.titles)[language];
    to.querySelector("[data-to]").focus({ preventScroll: true });
    const twin = mark && document.getElementById(mark.id.replace(from.dataset.view + "-", language + "-"));
    if (twin && scrollY > 200) twin.scrollIntoView({ behavior: "instant" });
  }

  function key(row, column) {
    const cell = row.cells[column];
    return cell.dataset.sort === undefined ? cell.textContent.trim() : Number(cell.dataset.sort);
  }

  function sorted(table, column, heading) {
    const down = heading.getAttribute("aria-sort") === "ascending";
    const language = table.closest("[lang]").lang;
    const rows = Array.from(table.tBodies[0].rows);
    rows.sort(function (a, b) {
      const one = key(a, column), other = key(b, column);
      const order = typeof one === "number" ? one - other : one.localeCompare(other, language);
      return down ? -order : order;
    });
    table.tBodies[0].append(...rows);
    table.querySelectorAll("th[aria-sort]").forEach(function (each) { each.setAttribute("aria-sort", "none"); });
    heading.setAttribute("aria-sort", down ? "descending" : "ascending");
  }

  // On a narrow screen each row of a table is a card: its cells say what column they stand in.
  function labelled(table) {
    const heads = Array.from(table.tHead.rows[0].cells, function (head) { return head.textContent.trim(); });
    for (const body of table.tBodies) {
      for (const row of body.rows) {
        for (const cell of row.cells) {
          if (cell.tagName !== "TD" || cell.colSpan > 1 || !cell.hasChildNodes()) continue;
          const inside = document.createElement("div");
          inside.append(...cell.childNodes);
          cell.append(inside);
          cell.dataset.label = heads[cell.cellIndex];
        }
      }
    }
    table.classList.add("cards");
  }

  // What needs a script appears with it: the graph's sizes, cards, and headings that sort their table.
  function made(view) {
    view.querySelectorAll("table.stack").forEach(labelled);
    view.querySelectorAll("[data-zoom]").forEach(function (tools) { tools.hidden = false; });
    view.querySelectorAll("table[data-sortable]").forEach(function (table) {
      Array.from(table.tHead.rows[0].cells).forEach(function (heading, column) {
        if ("plain" in heading.dataset) return;
        const button = document.createElement("button");
        button.type = "button";
        button.append(...heading.childNodes);
        heading.append(button);
        heading.setAttribute("aria-sort", "none");
        button.addEventListener("click", function () { sorted(table, column, heading); });
      });
    });
  }

  // The graph as a whole, or as large as it was drawn.
  function sized(button) {
    const section = button.closest("section");
    section.querySelectorAll("[data-size]").forEach(function (each) { each.setAttribute("aria-pressed", String(each === button)); });
    section.querySelector(".drawing").classList.toggle("real", button.dataset.size === "real");
  }

  async function kept(name) {
    const element = document.querySelector('[data-file="' + name + '"]');
    const kind = name === "json" ? "application/json" : "text/csv";
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([await unpacked(element)], { type: kind }));
    link.download = document.title.replace(/[^\p{L}\p{N}]+/gu, "-").toLowerCase() + (name === "json" ? ".json" : ".csv");
    link.click();
    setTimeout(function () { URL.revokeObjectURL(link.href); }, 1000);
  }

  document.addEventListener("click", function (event) {
    const button = event.target.closest("button");
    if (button && button.dataset.to) show(button.dataset.to);
    else if (button && button.dataset.download) kept(button.dataset.download);
    else if (button && button.dataset.print) printed(button.dataset.print === "all");
    else if (button && button.dataset.size) sized(button);
    const link = event.target.closest('a[href^="#"]');
    if (link && link.getAttribute("href") === location.hash) led();
  });
  addEventListener("hashchange", led);

  // What is folded away stays away from paper, but where all is asked for (older browsers do not unfold it by the stylesheet).
  let folded = [];
  function printed(all) {
    document.documentElement.classList.toggle("unfolded", all);
    print();
  }
  addEventListener("beforeprint", function () {
    if (!document.documentElement.classList.contains("unfolded")) return;
    folded = Array.from(visible().querySelectorAll("details:not([open])"));
    folded.forEach(function (details) { details.open = true; });
  });
  addEventListener("afterprint", function () {
    folded.forEach(function (details) { details.open = false; });
    folded = [];
  });

  made(visible());
  led();
})();
