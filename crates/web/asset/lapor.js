// The reporter's page: what was typed is kept in this browser until the service has answered, and sent when the signal is back.
// Without this file the page works; a form is then sent as browsers send it.
(function () {
  "use strict";
  var account = document.body.dataset.account, store;
  try { store = window.localStorage; store.setItem("lapor?", "1"); store.removeItem("lapor?"); } catch (error) { return; }
  if (!account || !window.fetch || !window.URLSearchParams || !window.FormData) return;
  var MARK = "lapor:", AGAIN = 30000, PATIENCE = 30000, sending = {};

  function kept() {
    var items = [];
    for (var at = 0; at < store.length; at++) {
      var key = store.key(at), item = null;
      if (key.indexOf(MARK) !== 0) continue;
      try { item = JSON.parse(store.getItem(key)); } catch (error) { item = null; }
      if (item) { item.key = key; items.push(item); } else { store.removeItem(key); at--; }
    }
    return items.sort(function (one, other) { return one.at - other.at; });
  }

  function keep(item) {
    var key = item.key;
    store.setItem(key, JSON.stringify({ account: item.account, action: item.action, fields: item.fields, what: item.what, at: item.at, state: item.state }));
  }

  function forget(item) { store.removeItem(item.key); show(); }

  // A shared phone: what another account left unsent is nobody's to read or to send.
  kept().forEach(function (item) { if (item.account !== account) store.removeItem(item.key); });

  function show() {
    var part = document.getElementById("belum"), list = part && part.querySelector("ul"), items = kept();
    if (!list) return;
    part.hidden = items.length === 0;
    list.textContent = "";
    items.forEach(function (item) {
      var line = document.createElement("li"), words = item.state === "wrong" ? part.dataset.wrong : item.state === "ended" ? part.dataset.login : part.dataset.waits;
      line.textContent = item.what + " (" + new Date(item.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }) + "): " + words + " ";
      if (item.state) {
        var open = document.createElement("button");
        open.type = "button";
        open.className = "quiet";
        open.textContent = part.dataset.open;
        open.addEventListener("click", function () { handOver(item); });
        line.appendChild(open);
      }
      list.appendChild(line);
    });
  }

  // The service shows the form again, filled: after a login, or with what is wrong. From then on it keeps it.
  function handOver(item) {
    if (item.state === "ended") { location.href = "/masuk?next=/lapor"; return; }
    var form = document.createElement("form");
    form.method = "post";
    form.action = item.action;
    new URLSearchParams(item.fields).forEach(function (value, name) {
      var input = document.createElement("input");
      input.type = "hidden";
      input.name = name;
      input.value = value;
      form.appendChild(input);
    });
    store.removeItem(item.key);
    document.body.appendChild(form);
    HTMLFormElement.prototype.submit.call(form);
  }

  function swap(text) {
    var fresh = new DOMParser().parseFromString(text, "text/html"), now = fresh.getElementById("isi"), old = document.getElementById("isi");
    if (!now || !old || !fresh.body.dataset.account) return false;
    old.replaceWith(document.importNode(now, true));
    window.scrollTo(0, 0);
    show();
    return true;
  }

  function send(item, form) {
    if (sending[item.key]) return;
    sending[item.key] = true;
    var stop = window.AbortController ? new AbortController() : null;
    var patience = setTimeout(function () { if (stop) stop.abort(); }, PATIENCE);
    fetch(item.action, { method: "POST", credentials: "same-origin", headers: { "content-type": "application/x-www-form-urlencoded" }, body: item.fields, signal: stop ? stop.signal : undefined })
      .then(function (answer) { return answer.text().then(function (text) { return { status: answer.status, text: text }; }); })
      .then(function (answer) {
        if (answer.status === 200) {
          store.removeItem(item.key);
          // Somebody may be typing the next one.
          var typing = /^(INPUT|TEXTAREA|SELECT)$/.test((document.activeElement || {}).tagName || "");
          if (form || !typing) swap(answer.text); else show();
        } else if (answer.status === 401) {
          item.state = "ended";
          keep(item);
          show();
        } else if (answer.status < 500 && answer.status !== 429) {
          if (form && swap(answer.text)) { forget(item); return; }
          item.state = "wrong";
          keep(item);
          show();
        } else { show(); }
      })
      .catch(show)
      .then(function () { clearTimeout(patience); delete sending[item.key]; });
  }

  function sendAll() {
    kept().forEach(function (item) { if (item.state !== "wrong") send(item, null); });
  }

  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.getAttribute("action") === "/keluar") {
      var part = document.getElementById("belum"), items = kept();
      if (items.length && part && !window.confirm(part.dataset.leave)) { event.preventDefault(); return; }
      items.forEach(function (item) { store.removeItem(item.key); });
      return;
    }
    if (!form.dataset.kept) return;
    var item = {
      key: MARK + form.elements.number.value + ":" + Date.now(), account: account, action: form.getAttribute("action"),
      fields: new URLSearchParams(new FormData(form)).toString(), what: form.dataset.kept, at: Date.now(), state: ""
    };
    kept().forEach(function (same) { if (same.fields === item.fields && same.action === item.action) item = same; });
    try { keep(item); } catch (error) { return; } // full: sent as browsers send it
    event.preventDefault();
    show();
    send(item, form);
    if (navigator.onLine === false) { form.reset(); document.getElementById("belum").scrollIntoView(); }
  });
  window.addEventListener("online", sendAll);
  setInterval(sendAll, AGAIN);
  show();
  sendAll();
})();
