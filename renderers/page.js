"use strict";
(function () {
  function show(language) {
    document.documentElement.lang = language;
    document.querySelectorAll("[data-view]").forEach(function (view) {
      view.hidden = view.dataset.view !== language;
    });
  }
  document.querySelectorAll("button[data-to]").forEach(function (button) {
    button.addEventListener("click", function () {
      show(button.dataset.to);
      document.querySelector('[data-view="' + button.dataset.to + '"] button[data-to]').focus();
    });
  });
})();
