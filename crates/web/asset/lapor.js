// The reporter's page: what was typed is kept in this browser until the service has answered, and sent when the signal is back.
// Without this file the page works; a form is then sent as browsers send it.
(function () {
  "use strict";
  var account = document.body.dataset.account, store;
  try { store = window.localStorage; store.setItem("lapor?", "1"); store.removeItem("lapor?"); } catch (error) { return; }
  if (!account || !window.fetch || !window.URLSearchParams || !window.FormData) return;
  var MARK = "lapor:", DRAFT = "draf:" + account, AGAIN = 30000, PATIENCE = 30000, HOLDS = 48 * 3600000, sending = {};

  function kept() {
    var items = [];
    for (var at = 0; at < store.length; at++) {
      var key = store.key(at), item = null;
      if (key.indexOf(MARK) !== 0) continue;
      try { item = JSON.parse(store.getItem(key)); } catch (error) { item = null; }
      if (item && Date.now() - item.at < HOLDS) { item.key = key; items.push(item); } else { store.removeItem(key); at--; }
    }
    return items.sort(function (one, other) { return one.at - other.at; });
  }

  function keep(item) {
    var key = item.key;
    store.setItem(key, JSON.stringify({ account: item.account, action: item.action, fields: item.fields, what: item.what, at: item.at, state: item.state }));
  }

  function forget(item) { store.removeItem(item.key); show(); }

  // A shared phone: what another account left unsent waits for that account, and is nobody else's to read or to send.
  function isOwn(item) { return item.account === account; }

  function show() {
    var part = document.getElementById("belum"), list = part && part.querySelector("ul"), items = kept(), own = items.filter(isOwn);
    draft();
    if (!list) return;
    part.hidden = items.length === 0;
    list.textContent = "";
    if (own.length < items.length) list.appendChild(document.createElement("li")).textContent = part.dataset.others;
    own.forEach(function (item) {
      var line = document.createElement("li"), words = { wrong: part.dataset.wrong, ended: part.dataset.login, refused: part.dataset.refused }[item.state] || part.dataset.waits;
      line.textContent = item.what + " (" + new Date(item.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }) + "): " + words + " ";
      if (item.state === "wrong" || item.state === "ended") {
        var open = document.createElement("button");
        open.type = "button";
        open.className = "quiet";
        open.textContent = part.dataset.open;
        open.addEventListener("click", function () { handOver(item, open); });
        line.appendChild(open);
      }
      list.appendChild(line);
    });
  }

  // True of a field in which something was typed or chosen, by the service for whom it was refused too.
  function isFilled(field) {
    if (field.type === "checkbox" || field.type === "radio") return field.checked;
    return /^(text|datetime-local|textarea|select-one)$/.test(field.type) && field.value !== "";
  }

  function isTyped(form) { return [].some.call(form.elements, isFilled); }

  function forms() { return [].slice.call(document.querySelectorAll("details form[data-kept]")); }

  // True where a form other than `sent` holds what somebody typed.
  function typing(sent) { return forms().some(function (form) { return form !== sent && isTyped(form); }); }

  // A form that corrects a report has another draft than one that is new.
  function draftOf(form) { return form.getAttribute("action") + " " + (form.elements.replaces ? form.elements.replaces.value : ""); }

  // What is being typed outlives the page.
  function draft() {
    var held = {}, own = forms().filter(isTyped);
    own.forEach(function (form) {
      held[draftOf(form)] = [].filter.call(form.elements, isFilled).map(function (field) { return [field.name, field.value]; });
    });
    try { if (own.length) store.setItem(DRAFT, JSON.stringify({ at: Date.now(), forms: held })); else store.removeItem(DRAFT); } catch (error) { return; }
  }

  // Fills the forms with what was being typed when the page went; one that the service filled is as the service has it.
  function restore() {
    var saved = null;
    try { saved = JSON.parse(store.getItem(DRAFT)); } catch (error) { saved = null; }
    if (!saved || Date.now() - saved.at > HOLDS) return;
    forms().forEach(function (form) {
      var fields = saved.forms[draftOf(form)], isNew = !form.elements.replaces;
      if (!fields || isNew && isTyped(form)) return;
      fields.forEach(function (field) {
        [].forEach.call(form.elements, function (own) {
          if (own.name !== field[0] || own.type === "hidden") return;
          if (own.type === "checkbox" || own.type === "radio") own.checked = own.value === field[1] || own.type === "radio" && own.checked;
          else own.value = field[1];
        });
      });
      form.closest("details").open = true;
    });
  }

  // A form as it is before anything is typed, and a correction no longer.
  function empty(form) {
    if (form.elements.replaces) { [].forEach.call(form.querySelectorAll("[name=replaces], [name=replaces] + p.note"), function (part) { part.remove(); }); }
    [].forEach.call(form.elements, function (field) {
      if (!isFilled(field)) return;
      if (field.type === "checkbox" || field.type === "radio") field.checked = false; else field.value = "";
    });
  }

  // The service shows the form again, filled: after a login, or with what is wrong. Until it does the browser keeps it.
  function handOver(item, button) {
    if (item.state === "ended") { location.href = "/masuk?next=/lapor"; return; }
    if (typing(null)) { button.parentNode.appendChild(document.createTextNode(" " + document.getElementById("belum").dataset.first)); return; }
    send(item, button);
  }

  function parsed(text) { return new DOMParser().parseFromString(text, "text/html"); }

  function swap(fresh) {
    var now = fresh.getElementById("isi"), old = document.getElementById("isi");
    if (!now || !old) return false;
    old.replaceWith(document.importNode(now, true));
    window.scrollTo(0, 0);
    show();
    return true;
  }

  // Only what came of it, beside a form that is being filled; what was sent is empty again, under a number of its own.
  function merge(fresh, form) {
    var own = fresh.getElementById("saya"), part = document.getElementById("belum"), number = fresh.querySelector("[name=number]");
    if (own) document.getElementById("saya").replaceWith(document.importNode(own, true));
    [].forEach.call(document.querySelectorAll("#isi > p.note"), function (note) { note.remove(); });
    [].forEach.call(fresh.querySelectorAll("#isi > p.note"), function (note) { part.insertAdjacentElement("afterend", document.importNode(note, true)); });
    if (form && form.elements && number) { empty(form); form.elements.number.value = number.value; }
    show();
  }

  // Says that it is being sent; the button rests meanwhile. Returns what ends that.
  function busy(button) {
    var part = document.getElementById("belum");
    if (!button) return function () {};
    var words = document.createElement("span");
    words.setAttribute("role", "status");
    words.textContent = " " + part.dataset.sending;
    button.disabled = true;
    button.insertAdjacentElement("afterend", words);
    return function () { button.disabled = false; words.remove(); };
  }

  // It stays in the browser: the form is free for the next one, and what waits comes into sight.
  function waits(item, by, state) {
    if (state !== undefined) { item.state = state; keep(item); }
    if (by && by.elements) empty(by);
    show();
    if (!by) return;
    document.getElementById("belum").scrollIntoView();
  }

  // `by`: the form that was just sent, or the button that opens what is wrong; nothing where it is sent by itself.
  function send(item, by, pressed) {
    if (sending[item.key]) return;
    sending[item.key] = true;
    var stop = window.AbortController ? new AbortController() : null, done = busy(pressed || by && by.elements && by.querySelector("button") || by);
    var patience = setTimeout(function () { if (stop) stop.abort(); }, PATIENCE);
    // When it was typed goes with it: the signal may come back a day later.
    fetch(item.action, { method: "POST", credentials: "same-origin", headers: { "content-type": "application/x-www-form-urlencoded" }, body: item.fields + "&typed_at=" + item.at, signal: stop ? stop.signal : undefined })
      .then(function (answer) { return answer.text().then(function (text) { return { status: answer.status, redirected: answer.redirected, fresh: parsed(text) }; }); })
      .then(function (answer) {
        // A network's own page answers 200 too: only the reporter's page of this account is an answer.
        var status = answer.status, whose = answer.redirected ? "" : answer.fresh.body.dataset.account || "";
        if (status === 409 && whose && whose !== account) {
          location.replace("/lapor");
        } else if (status === 200 && whose === account) {
          store.removeItem(item.key);
          if (by && location.search) history.replaceState(null, "", "/lapor"); // what was corrected is not opened again
          if (typing(by)) merge(answer.fresh, by); else swap(answer.fresh);
        } else if (status === 401) {
          waits(item, by, "ended");
        } else if (status === 403) {
          waits(item, by, "refused");
        } else if (status >= 400 && status < 500 && status !== 429) {
          if (by && whose === account && !typing(by) && swap(answer.fresh)) forget(item); else waits(item, by, "wrong");
        } else { waits(item, by); }
      })
      .catch(function () { waits(item, by); })
      .then(function () { clearTimeout(patience); delete sending[item.key]; done(); });
  }

  function sendAll() {
    kept().filter(isOwn).forEach(function (item) { if (item.state !== "wrong") send(item, null); });
  }

  // Nothing stays in the browser once the service has ended the session; until it has, nothing goes.
  function leave(form) {
    var part = document.getElementById("belum"), done;
    if (kept().length && part && !window.confirm(part.dataset.leave)) return;
    done = busy(form.querySelector("button"));
    fetch("/keluar", { method: "POST", credentials: "same-origin", headers: { "content-type": "application/x-www-form-urlencoded" }, body: new URLSearchParams(new FormData(form)).toString() })
      .then(function (answer) { if (!answer.ok || !/\/masuk/.test(answer.url)) throw answer; })
      .then(function () {
        forms().forEach(empty);
        kept().forEach(function (item) { store.removeItem(item.key); });
        Object.keys(store).forEach(function (key) { if (key.indexOf("draf:") === 0) store.removeItem(key); });
        location.replace("/masuk?keluar=1");
      })
      .catch(function () { done(); window.alert(part.dataset.stays); });
  }

  document.addEventListener("input", draft);
  document.addEventListener("change", draft);
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.getAttribute("action") === "/keluar") {
      event.preventDefault();
      leave(form);
      return;
    }
    if (!form.dataset.kept) return;
    if (form.dataset.ask && !window.confirm(form.dataset.ask)) { event.preventDefault(); return; }
    var fields = new URLSearchParams(new FormData(form)), pressed = event.submitter;
    if (form.dataset.ask && !pressed) return; // an old browser: sent as browsers send it
    if (pressed && pressed.name) fields.append(pressed.name, pressed.value);
    var item = {
      key: MARK + form.elements.number.value + ":" + Date.now(), account: account, action: form.getAttribute("action"),
      fields: fields.toString(), what: form.dataset.kept, at: Date.now(), state: ""
    };
    kept().filter(isOwn).forEach(function (same) { if (same.fields === item.fields && same.action === item.action) item = same; });
    try { keep(item); } catch (error) { return; } // full: sent as browsers send it
    event.preventDefault();
    show();
    send(item, form, pressed);
  });
  // A page that the browser kept whole may be of before a logout.
  window.addEventListener("pageshow", function (event) { if (event.persisted) location.reload(); });
  window.addEventListener("online", sendAll);
  setInterval(sendAll, AGAIN);
  restore();
  show();
  sendAll();
})();
