// Runs before the first paint: theme, typeface and language of this device, as client/ui and client/i18n keep them in localStorage.
(function applyDeviceChoices() {
  // Wakes the browser's database while the app is still being read; nothing is opened.
  if (typeof indexedDB !== "undefined" && indexedDB.databases) indexedDB.databases().catch(function () {});
  try {
    var root = document.documentElement;
    var theme = localStorage.getItem("mochila-theme");
    var chosen = [localStorage.getItem("mochila-language")].concat(navigator.languages || []);
    var language = chosen.map(function (tag) { return String(tag).slice(0, 2); }).find(function (tag) { return tag === "en" || tag === "es"; });
    if (theme === "light" || theme === "dark") root.setAttribute("data-theme", theme);
    if (localStorage.getItem("mochila-letters") === "plain") root.setAttribute("data-letters", "plain");
    if (language) root.setAttribute("lang", language);
  } catch {
    // Storage is blocked: the system's theme and English stand, and the app says what is wrong.
  }
})();
