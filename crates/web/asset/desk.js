// Live pages: when the server says something changed, fetch this page again and swap the marked parts; where the service or
// the session is gone, say so at the top, with the age of what is shown.
// Without this file every page works; a link to reload stands in its place.
(function () {
  "use strict";
  var bar = document.getElementById("sambungan");
  // What isian.js keeps in this browser: its own account's goes with the logout, which asks before, and with nothing else; another
  // account's stays for that account.
  function kept(mine, account) {
    var found = [];
    try {
      Object.keys(localStorage).forEach(function (key) {
        var item = key.indexOf("lapor:") === 0 && key !== "lapor:keluar" && JSON.parse(localStorage.getItem(key));
        if (item && (item.account === account) === mine) found.push({ key: key, account: item.account });
      });
    } catch (error) { /* a browser that keeps nothing */ }
    return found;
  }
  function forget(items) { items.forEach(function (item) { localStorage.removeItem(item.key); }); }
  // What nobody sent for two days goes from any page, whatever account is logged in, as isian.js lets it go from a form's own page, which may
  // never be opened again.
  var HOLDS = 48 * 3600000;
  try {
    Object.keys(localStorage).forEach(function (key) {
      if (key.indexOf("lapor:") !== 0 || key === "lapor:keluar") return;
      var item = null;
      try { item = JSON.parse(localStorage.getItem(key)); } catch (error) { item = null; }
      if (!item || !(Date.now() - item.at < HOLDS)) localStorage.removeItem(key);
    });
  } catch (error) { /* a browser that keeps nothing */ }
  document.addEventListener("submit", function (event) {
    var form = event.target, words = form.dataset, account = words.account;
    if (form.getAttribute("action") !== "/keluar" || !account) return;
    var theirs = kept(false, account).map(function (item) { return item.account; });
    var names = theirs.filter(function (name, at) { return theirs.indexOf(name) === at; }).join(", ");
    var questions = [kept(true, account).length && words.own.replace("{account}", account), names && words.unsent.replace("{account}", names)].filter(Boolean);
    if (questions.length && !window.confirm(questions.join("\n\n"))) { event.preventDefault(); return; }
    if (!names) return;
    var keep = document.createElement("input");
    keep.type = "hidden"; keep.name = "keep"; keep.value = "1";
    form.appendChild(keep);
    try { sessionStorage.setItem("keluar", account); } catch (error) { /* a browser that keeps nothing */ }
  });
  if (/[?&]keluar=/.test(location.search)) try {
    var own = /[?&]keluar=1/.test(location.search) ? null : sessionStorage.getItem("keluar");
    forget(own === null ? /[?&]keluar=1/.test(location.search) ? kept(false, null).concat([{ key: "lapor:keluar" }]) : [] : kept(true, own));
    sessionStorage.removeItem("keluar");
  } catch (error) { /* a browser that keeps nothing */ }
  // What was typed is taken.
  var leaving = document.querySelector('form[action="/keluar"]');
  if (leaving && /[?&]diterima=/.test(location.search)) forget(kept(true, leaving.dataset.account).filter(function (item) { return /:\/laporan\/baru:$/.test(item.key); }));
  // A page that the browser kept whole may be of before a logout.
  if (bar) window.addEventListener("pageshow", function (event) { if (event.persisted) location.reload(); });
  // A fold that a link leads to stands open.
  function unfold() {
    var aim = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    if (aim && aim.tagName === "DETAILS") aim.open = true;
  }
  window.addEventListener("hashchange", unfold);
  unfold();
  // A file is dropped anywhere in the box.
  document.querySelectorAll(".drop").forEach(function (box) {
    var input = box.querySelector("input[type=file]");
    box.addEventListener("dragover", function (event) { event.preventDefault(); });
    box.addEventListener("drop", function (event) {
      if (!input || event.target === input || !event.dataTransfer.files.length) return;
      event.preventDefault();
      input.files = event.dataTransfer.files;
    });
  });
  // Beside a time that is typed a calendar.
  document.querySelectorAll("[data-writes]").forEach(function (calendar) {
    calendar.hidden = !calendar.showPicker;
    calendar.addEventListener("click", function () { calendar.showPicker(); });
    calendar.addEventListener("change", function () {
      var at = /^(\d+)-(\d+)-(\d+)T(\d+):(\d+)/.exec(calendar.value), text = document.getElementById(calendar.dataset.writes);
      if (at) text.value = at[3] + "/" + at[2] + "/" + at[1] + " " + at[4] + "." + at[5];
    });
  });
  if (!bar || !window.EventSource) return;
  // The service says something at least every 15 s; a connection may die without a word.
  var SILENCE = 20000, AGAIN = 3000, AT_MOST = 15000, PATIENCE = 20000;
  var waiting = null, running = false, again = false;
  var source = null, last = document.body.dataset.position || "", silence = null, retry = null, telling = null, tries = 0;
  // When the page was last known to be true, by this machine's clock, and how far the service's own is ahead of it.
  var seen = Date.now(), ahead = bar.dataset.now ? Number(bar.dataset.now) - seen : 0;

  function busy(part) {
    var active = document.activeElement;
    return active && part.contains(active) && /^(INPUT|TEXTAREA|SELECT)$/.test(active.tagName);
  }

  function keyed(part) {
    var keys = {};
    part.querySelectorAll(".strip a").forEach(function (link) { keys[link.getAttribute("href")] = true; });
    return keys;
  }

  function swap(fresh) {
    document.querySelectorAll("[data-live]").forEach(function (old) {
      var part = fresh.getElementById(old.id);
      if (!part || busy(old) || part.innerHTML === old.innerHTML) return;
      var open = [], before = keyed(old), focused = old.contains(document.activeElement) && document.activeElement.getAttribute("href");
      old.querySelectorAll("details").forEach(function (details) { open.push(details.open); });
      part.querySelectorAll("details").forEach(function (details, at) { if (open[at]) details.open = true; });
      part.querySelectorAll(".strip a").forEach(function (link) {
        if (!before[link.getAttribute("href")]) link.classList.add("fresh");
      });
      part = document.importNode(part, true);
      old.replaceWith(part);
      if (focused) {
        var links = Array.prototype.slice.call(part.querySelectorAll("a"));
        var link = links.find(function (own) { return own.getAttribute("href") === focused; });
        if (link) link.focus({ preventScroll: true });
      }
    });
  }

  function changed(fresh) {
    var own = document.querySelector("[data-watch]"), now = fresh.querySelector("[data-watch]");
    if (!own || !now || own.dataset.version === now.dataset.version || document.querySelector(".toast")) return;
    var toast = document.createElement("p"), link = document.createElement("a");
    toast.className = "toast";
    toast.setAttribute("role", "status");
    link.href = location.pathname;
    link.textContent = document.body.dataset.changed;
    toast.appendChild(link);
    document.body.appendChild(toast);
  }

  // ---- the page again

  function fetched(answer) {
    if (answer.redirected && /^\/masuk/.test(new URL(answer.url).pathname)) throw "ended";
    if (answer.status >= 500) throw "lost";
    return answer.ok ? answer.text() : null; // a page that answered a form cannot be asked for again
  }

  function show(text) {
    alive();
    if (text === null) return;
    var fresh = new DOMParser().parseFromString(text, "text/html"), now = fresh.getElementById("sambungan");
    if (now && now.dataset.now) ahead = Number(now.dataset.now) - seen;
    if (!source) {
      last = fresh.body.dataset.position || "";
      window.dispatchEvent(new Event("kentongan-look"));
    }
    swap(fresh);
    changed(fresh);
  }

  function refresh() {
    waiting = null;
    if (running) { again = true; return; }
    running = true;
    var stop = window.AbortController ? new AbortController() : null;
    var late = setTimeout(function () { if (stop) stop.abort(); }, PATIENCE);
    fetch(location.href, { credentials: "same-origin", headers: { "Accept": "text/html" }, signal: stop && stop.signal })
      .then(fetched)
      .then(function (text) { show(text); if (!source) listen(); })
      .catch(function (why) { alone(why === "ended" ? "ended" : "lost"); })
      .then(function () { clearTimeout(late); running = false; if (again) { again = false; soon(); } });
  }

  function soon() {
    window.dispatchEvent(new Event("kentongan-look")); // alarm.js looks as well
    if (!waiting) waiting = setTimeout(refresh, 700);
  }

  // ---- whether the service is there

  function listen() {
    source = new EventSource("/v1/live?since=" + encodeURIComponent(last));
    source.addEventListener("open", function () {
      alive();
      tries = 0;
      clearInterval(telling);
      telling = null;
      bar.hidden = true;
      document.documentElement.classList.add("live");
    });
    source.addEventListener("error", function () { alone("lost"); });
    ["alert", "picture", "missed"].forEach(function (name) {
      source.addEventListener(name, function (event) { alive(); last = event.lastEventId || last; soon(); });
    });
    source.addEventListener("alive", alive);
    source.addEventListener("renew", function () { source.close(); listen(); });
    waitForSign();
  }

  function alive() { seen = Date.now(); if (source) waitForSign(); }

  function waitForSign() {
    clearTimeout(silence);
    silence = setTimeout(function () { alone("lost"); }, SILENCE);
  }

  function alone(why) {
    if (source) source.close();
    source = null;
    clearTimeout(silence);
    clearTimeout(retry);
    retry = setTimeout(refresh, Math.min(AGAIN * ++tries, AT_MOST));
    document.documentElement.classList.remove("live");
    tell(why);
    clearInterval(telling);
    telling = setInterval(function () { tell(why); }, 10000);
  }

  function tell(why) {
    var words = bar.dataset[why].replace("{time}", clock()).replace("{age}", age());
    if (!bar.hidden && bar.dataset.words === words) return;
    bar.dataset.words = words;
    bar.setAttribute("role", "alert");
    bar.textContent = words + " ";
    if (why === "ended") {
      var link = document.createElement("a");
      link.href = "/masuk?next=" + encodeURIComponent(location.pathname + location.search);
      link.textContent = bar.dataset.login;
      bar.appendChild(link);
    }
    bar.hidden = false;
  }

  function clock() {
    var at = new Date(seen + ahead + Number(bar.dataset.offset) * 60000);
    var two = function (n) { return (n < 10 ? "0" : "") + n; };
    return two(at.getUTCHours()) + bar.dataset.mark + two(at.getUTCMinutes()) + " " + bar.dataset.zone;
  }

  function age() {
    var seconds = Math.floor((Date.now() - seen) / 1000), minutes = Math.floor(seconds / 60);
    if (minutes < 1) return count("seconds", seconds);
    if (minutes < 60) return count("minutes", minutes);
    return minutes < 2880 ? count("hours", Math.floor(minutes / 60)) : count("days", Math.floor(minutes / 1440));
  }

  function count(unit, n) {
    var forms = bar.dataset[unit].split(" | ");
    return forms[n === 1 ? 0 : forms.length - 1].replace("{n}", n);
  }

  window.addEventListener("offline", function () { alone("lost"); });
  window.addEventListener("online", refresh);
  window.addEventListener("pageshow", function (event) { if (event.persisted) refresh(); });
  window.addEventListener("pagehide", function () { if (source) source.close(); source = null; clearTimeout(silence); });
  listen();
})();
