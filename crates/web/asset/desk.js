// Live pages: when the server says something changed, fetch this page again and swap the marked parts.
// Without this file every page works; a link to reload stands in its place.
(function () {
  "use strict";
  if (!document.querySelector(".rail") || !window.EventSource) return;
  var waiting = null, running = false, again = false;

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

  function refresh() {
    waiting = null;
    if (running) { again = true; return; }
    running = true;
    fetch(location.href, { credentials: "same-origin", headers: { "Accept": "text/html" } })
      .then(function (answer) { if (answer.redirected || !answer.ok) throw new Error("away"); return answer.text(); })
      .then(function (text) {
        var fresh = new DOMParser().parseFromString(text, "text/html");
        swap(fresh);
        changed(fresh);
      })
      .catch(function () { /* the last good picture stays, with its time at the top */ })
      .then(function () { running = false; if (again) { again = false; soon(); } });
  }

  function soon() { if (!waiting) waiting = setTimeout(refresh, 700); }

  var source = new EventSource("/v1/live?since=" + (document.body.dataset.position || ""));
  source.addEventListener("open", function () { document.documentElement.classList.add("live"); });
  source.addEventListener("error", function () { document.documentElement.classList.remove("live"); });
  ["alert", "picture", "missed"].forEach(function (name) { source.addEventListener(name, soon); });
})();
