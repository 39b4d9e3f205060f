// The reporter's page: what was typed is kept in this browser until the service has answered, and sent when the signal is back.
// Without this file the page works; a form is then sent as browsers send it.
(function () {
  "use strict";
  // What is kept and how: isian.js.
  var browser = window.kentonganKept, account = document.body.dataset.account;
  if (!browser || !account || !window.fetch) return;
  var store = browser.store, stored = browser.stored, keep = browser.keep, isDraft = browser.isDraft, isFilled = browser.isFilled, draftKey = browser.draftKey;
  var keepDraft = browser.keepDraft, MARK = browser.MARK, WISH = browser.WISH, AGAIN = 30000, PATIENCE = 30000, sending = {};

  // What this account sent and nobody answered yet.
  function kept() {
    return stored().filter(function (item) { return item.account === account && item.key !== WISH && !isDraft(item); });
  }

  // A shared phone: what another account left unsent is not this one's to read or to send, and not this one's to lose.
  function others() {
    var names = [];
    stored().forEach(function (item) { if (item.account !== account && item.key !== WISH && names.indexOf(item.account) < 0) names.push(item.account); });
    return names.join(", ");
  }

  function forget(item) { store.removeItem(item.key); show(); }

  // What another account left unsent stays for that account.
  function wipe() { stored().forEach(function (item) { if (item.account === account) store.removeItem(item.key); }); }

  function draftsElsewhere() {
    var here = [].map.call(document.querySelectorAll("form[data-kept]"), draftKey);
    return stored().filter(function (item) { return item.account === account && isDraft(item) && here.indexOf(item.key) < 0; });
  }

  function show() {
    var part = document.getElementById("belum"), list = part && part.querySelector("ul"), items = kept().concat(draftsElsewhere()), theirs = others();
    if (!list) return;
    part.hidden = items.length === 0 && !theirs;
    list.textContent = "";
    if (theirs) {
      var note = document.createElement("li");
      note.textContent = part.dataset.others.replace("{account}", theirs);
      list.appendChild(note);
    }
    items.forEach(function (item) {
      var line = document.createElement("li"), words = { draft: part.dataset.draft,  wrong: part.dataset.wrong, ended: part.dataset.login, refused: part.dataset.refused, down: part.dataset.down }[item.state] || part.dataset.waits;
      line.textContent = item.what + " (" + new Date(item.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }) + "): " + words + " ";
      if (item.state === "wrong" || item.state === "ended" || item.state === "draft") {
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

  // True where a form other than `sent` holds what somebody typed.
  function typing(sent) {
    return [].some.call(document.querySelectorAll("form[data-kept]"), function (form) { return form !== sent && isFilled(form); });
  }

  // A form that was sent is free for the next report: nothing of a correction, or of what the service filled in, stays.
  function blank(form) {
    [].forEach.call(form.querySelectorAll("[name=replaces], .note, .error"), function (part) { part.remove(); });
    ["keep", "long_ago"].forEach(function (name) { if (form.elements[name]) form.elements[name].parentNode.remove(); });
    [].forEach.call(form.querySelectorAll(".wrong"), function (part) { part.classList.remove("wrong"); });
    [].forEach.call(form.elements, function (field) {
      if (field.type === "checkbox" || field.type === "radio") field.defaultChecked = false;
      else if (field.options) [].forEach.call(field.options, function (option) { option.defaultSelected = false; });
      else if (typeof field.defaultValue === "string" && field.type !== "hidden") field.defaultValue = "";
    });
    form.reset();
    if (/[?]koreksi=/.test(location.search)) history.replaceState(null, "", "/lapor");
  }

  // The service shows the form again, filled: after a login, or with what is wrong. Until it does the browser keeps it.
  function handOver(item, button) {
    if (item.state === "ended") { location.href = "/masuk?next=/lapor"; return; }
    if (item.state === "draft") { location.href = item.replaces ? "/lapor?koreksi=" + encodeURIComponent(item.replaces) + "#kejadian" : "/lapor"; return; }
    if (typing(null)) { button.parentNode.appendChild(document.createTextNode(" " + document.getElementById("belum").dataset.first)); return; }
    send(item, button);
  }

  function parsed(text) { return new DOMParser().parseFromString(text, "text/html"); }

  function swap(fresh) {
    var now = fresh.getElementById("isi"), old = document.getElementById("isi");
    if (!now || !old) return false;
    now.hidden = old.hidden;
    old.replaceWith(document.importNode(now, true));
    if (/[?]koreksi=/.test(location.search)) history.replaceState(null, "", "/lapor");
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
    if (form && form.elements && number) { blank(form); form.elements.number.value = number.value; }
    // What "nothing happened" speaks of now.
    var quiet = '[action="/lapor/nihil"]', one = document.querySelector(quiet), other = fresh.querySelector(quiet);
    if (one && other) one.replaceWith(document.importNode(other, true));
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
    show();
    if (!by) return;
    if (by.elements) blank(by);
    document.getElementById("belum").scrollIntoView();
  }

  // `by`: the form that was just sent, or the button that opens what is wrong; nothing where it is sent by itself.
  function send(item, by, pressed) {
    if (sending[item.key]) return sending[item.key];
    var stop = window.AbortController ? new AbortController() : null, done = busy(pressed || by && by.elements && by.querySelector("button") || by);
    var patience = setTimeout(function () { if (stop) stop.abort(); }, PATIENCE);
    // When it was typed goes with it: the signal may come back a day later.
    return sending[item.key] = fetch(item.action, { method: "POST", credentials: "same-origin", headers: { "content-type": "application/x-www-form-urlencoded" }, body: item.fields + "&typed_at=" + item.at, signal: stop ? stop.signal : undefined })
      .then(function (answer) { return answer.text().then(function (text) { return { status: answer.status, redirected: answer.redirected, fresh: parsed(text) }; }); })
      .then(function (answer) {
        // A network's own page answers 200 too: only the reporter's page of this account is an answer.
        var status = answer.status, whose = answer.redirected ? "" : answer.fresh.body.dataset.account || "";
        if (status === 409 && whose && whose !== account) {
          location.replace("/lapor"); // another account is logged in: what is this one's waits for it
        } else if (status === 200 && whose === account) {
          store.removeItem(item.key);
          if (typing(by)) merge(answer.fresh, by); else swap(answer.fresh);
        } else if (status === 401) {
          waits(item, by, "ended");
        } else if (status === 403) {
          waits(item, by, "refused");
        } else if (status >= 400 && status < 500 && status !== 429) {
          if (by && whose === account && !typing(by) && swap(answer.fresh)) {
            // Until it is put right it is what is being typed.
            [].forEach.call(document.querySelectorAll("details[open] > form[data-kept]"), function (form) { keepDraft(form, true); });
            forget(item);
          } else if (whose === account && /\/nihil$/.test(item.action)) {
            // Nothing in it can be put right: why it was not taken stands beside what is being typed.
            store.removeItem(item.key);
            merge(answer.fresh, null);
            var why = document.querySelector("#isi > p.note");
            if (why) why.scrollIntoView();
          } else waits(item, by, "wrong");
        } else { waits(item, by, status === 429 || status >= 500 ? "down" : ""); }
      })
      .catch(function () { waits(item, by, ""); })
      .then(function () { clearTimeout(patience); delete sending[item.key]; done(); });
  }

  function sendAll() {
    return Promise.all(kept().map(function (item) { return item.state === "wrong" ? null : send(item, null); }));
  }

  // What of this account the service can still take: what is wrong or refused it does not.
  function waiting() {
    return kept().filter(function (item) { return item.state !== "wrong" && item.state !== "refused"; });
  }

  var parting = false;

  // Ends the session: what waits is sent first, then the service is asked, and only when it has answered does the browser forget.
  // Where something could not be sent, or the service does not answer, the wish is kept and the page covered; the next contact ends it.
  function leave() {
    if (parting) return;
    parting = true;
    var page = document.getElementById("isi"), cover = document.getElementById("keluar"), words = document.getElementById("belum").dataset;
    page.hidden = true;
    if (!cover) {
      cover = document.createElement("main");
      cover.id = "keluar";
      page.insertAdjacentElement("beforebegin", cover);
    }
    cover.textContent = words.leaving;
    [].forEach.call(document.querySelectorAll("form[data-kept]"), function (own) { own.reset(); });
    sendAll()
      .then(function () {
        if (waiting().length) throw new Error("unsent");
        return fetch("/keluar", { method: "POST", credentials: "same-origin", body: new URLSearchParams(others() ? "keep=1" : "") });
      })
      .then(function (answer) {
        // A session that had ended already is left, too: the service asks to log in.
        if (!answer.redirected || !/\/masuk\?(keluar=(1|sendiri)$|next=)/.test(answer.url)) throw answer;
        wipe();
        location.href = others() ? "/masuk?keluar=sendiri" : "/masuk?keluar=1";
      })
      .catch(function () {
        parting = false;
        var note = document.createElement("p"), unsent = waiting();
        var ended = unsent.some(function (item) { return item.state === "ended"; });
        function offer(text, act) {
          var button = document.createElement("button");
          button.type = "button";
          button.className = "quiet";
          button.textContent = text;
          button.addEventListener("click", act);
          cover.appendChild(button);
        }
        note.className = "note bad";
        note.setAttribute("role", "alert");
        note.textContent = ended ? words.notLeftEnded : words.notLeft;
        cover.textContent = "";
        cover.appendChild(note);
        if (ended) offer(words.login, function () { location.href = "/masuk?next=/lapor"; });
        if (unsent.length) offer(words.discard, function () { unsent.forEach(forget); leave(); });
        offer(words.stay, function () { store.removeItem(WISH); location.reload(); });
      });
  }

  function contact() { if (store.getItem(WISH)) leave(); else sendAll(); }

  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.getAttribute("action") === "/keluar") {
      var part = document.getElementById("belum"), theirs = others();
      if (!part) return;
      event.preventDefault();
      var own = stored().some(function (item) { return item.account === account && item.key !== WISH; });
      var questions = [theirs && part.dataset.leaveOthers.replace("{account}", theirs), own && part.dataset.leave].filter(Boolean);
      if (questions.length && !window.confirm(questions.join("\n\n"))) return;
      try { keep({ key: WISH, account: account, at: Date.now() }); } catch (error) { /* full: it is asked for now and not later */ }
      leave();
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
    kept().forEach(function (same) { if (same.fields === item.fields && same.action === item.action) item = same; });
    try { keep(item); } catch (error) { return; } // full: sent as browsers send it
    event.preventDefault();
    store.removeItem(draftKey(form));
    show();
    send(item, form, pressed);
  });
  // A page that the browser kept whole may be of before a logout.
  window.addEventListener("pageshow", function (event) { if (event.persisted) location.reload(); });
  window.addEventListener("online", contact);
  setInterval(contact, AGAIN);
  // Who logged in meanwhile has not asked to leave.
  stored().forEach(function (item) { if (item.key === WISH && item.account !== account) store.removeItem(WISH); });
  show();
  contact();
})();
