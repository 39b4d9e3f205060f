// What is typed into a form with `data-kept` is kept in this browser as it stands: of one account, until it is sent, for two days.
// The reporter's page (lapor.js) keeps here too what it sends until the service has answered. Without this file the pages work.
(function () {
  "use strict";
  var form = document.querySelector("form[data-kept]"), account = document.body.dataset.account || form && form.dataset.account, store;
  try { store = window.localStorage; store.setItem("lapor?", "1"); store.removeItem("lapor?"); } catch (error) { return; }
  if (!account || !window.URLSearchParams || !window.FormData) return;
  var MARK = "lapor:", HOLDS = 48 * 3600000, SAME_TIME = 15 * 60000;
  // That somebody pressed logout where no signal was; and what was typed and not sent yet, one for each form.
  var WISH = MARK + "keluar", DRAFT = MARK + "draf:";

  // Everything that this browser keeps, of whichever account.
  function stored() {
    var items = [];
    for (var at = 0; at < store.length; at++) {
      var key = store.key(at), item = null;
      if (key.indexOf(MARK) !== 0) continue;
      try { item = JSON.parse(store.getItem(key)); } catch (error) { item = null; }
      if (item && (key === WISH || Date.now() - item.at < HOLDS)) { item.key = key; items.push(item); } else { store.removeItem(key); at--; }
    }
    return items.sort(function (one, other) { return one.at - other.at; });
  }

  function isDraft(item) { return item.key.indexOf(DRAFT) === 0; }

  function keep(item) {
    var key = item.key;
    store.setItem(key, JSON.stringify({ account: item.account, action: item.action, fields: item.fields, what: item.what, at: item.at, state: item.state, replaces: item.replaces }));
  }

  // The report that a form is to replace.
  function replaced(form) { return form.elements.replaces ? form.elements.replaces.value : ""; }

  function draftKey(form) { return DRAFT + account + ":" + form.getAttribute("action") + ":" + replaced(form); }

  // What is being typed is kept as it stands, and forgotten where it is emptied again. `anyway`: also what the service filled in.
  function keepDraft(form, anyway) {
    if (!form || !form.dataset.kept || form.dataset.ask) return;
    var key = draftKey(form);
    if (!anyway && !isFilled(form)) { store.removeItem(key); return; }
    var fields = new URLSearchParams(new FormData(form)).toString();
    try { keep({ key: key, account: account, action: form.getAttribute("action"), fields: fields, what: form.dataset.kept, at: Date.now(), state: "draft", replaces: replaced(form) }); } catch (error) { /* full */ }
  }

  // True where a form holds what somebody typed. A button holds nothing.
  function isFilled(form) { return [].some.call(form.elements, isChanged); }

  function isChanged(field) {
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (field.options) {
      var usual = [].map.call(field.options, function (option) { return option.defaultSelected; }).indexOf(true);
      return field.selectedIndex !== Math.max(usual, 0);
    }
    return typeof field.defaultValue === "string" && field.type !== "hidden" && field.value !== field.defaultValue;
  }

  // The forms as they were left; when "just now" was is not known any more after a while, and is asked again.
  function restoreDrafts() {
    if (document.querySelector("#isi > [role=alert], form[data-kept] > [role=alert]")) return; // the service shows a form again, filled
    stored().forEach(function (item) {
      [].forEach.call(document.querySelectorAll("form[data-kept]"), function (form) {
        if (item.account !== account || !isDraft(item) || item.key !== draftKey(form)) return;
        var fields = new URLSearchParams(item.fields), late = Date.now() - item.at > SAME_TIME;
        [].forEach.call(form.elements, function (field) {
          if (!field.name || field.type === "hidden" || field.type === "submit") return;
          if (field.type !== "checkbox" && field.type !== "radio") field.value = fields.get(field.name) || "";
          else field.checked = fields.getAll(field.name).indexOf(field.value) >= 0 && !(late && field.name === "when" && field.value !== "other");
        });
        if (form.parentNode.open === false) form.parentNode.open = true;
        [].forEach.call(form.querySelectorAll("details"), function (part) {
          if ([].some.call(part.querySelectorAll("input, select, textarea"), isChanged)) part.open = true;
        });
      });
    });
  }

  ["input", "change"].forEach(function (name) {
    document.addEventListener(name, function (event) { keepDraft(event.target.form); });
  });
  restoreDrafts();
  window.kentonganKept = {
    store: store, stored: stored, keep: keep, isDraft: isDraft, isFilled: isFilled, draftKey: draftKey, keepDraft: keepDraft, MARK: MARK, WISH: WISH
  };
})();
