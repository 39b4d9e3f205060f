// What stands at siaga or awas and nobody has accepted yet: in the tab's title for everybody who may answer, and for who turns
// it on, a sound and a notification for each that is new. A notification says level, kind and kecamatan, and no more.
(function () {
  "use strict";
  var control = document.getElementById("alarm");
  if (!control || !window.fetch || !window.Promise) return;
  var words = control.dataset, title = document.title, sound = null, asking = false, again = false;
  var LEVELS = ["awas", "siaga"], MOST = 300;

  function stored(key) { try { return JSON.parse(localStorage.getItem("kentongan-" + key)); } catch (error) { return null; } }
  function store(key, value) { try { localStorage.setItem("kentongan-" + key, JSON.stringify(value)); } catch (error) { /* private window */ } }

  function look() {
    if (asking) { again = true; return; }
    asking = true;
    fetch("/v1/alerts?state=live&limit=500", { credentials: "same-origin" })
      .then(function (answer) { return answer.ok ? answer.json() : null; })
      .then(function (page) { if (page) show(page.items.filter(grave)); })
      .catch(function () { /* the bar at the top says that the service is gone */ })
      .then(function () { asking = false; if (again) { again = false; look(); } });
  }

  function grave(alert) { return LEVELS.indexOf(alert.level) >= 0 && !alert.cleared_at && alert.awaits_acceptance; }

  function show(alerts) {
    var counts = LEVELS.map(function (level) {
      var n = alerts.filter(function (alert) { return alert.level === level; }).length;
      return n ? n + " " + words[level] : "";
    }).filter(Boolean);
    document.title = (counts.length ? "(" + counts.join(", ") + ") " : "") + title;
    var known = stored("alarm-known"), key = function (alert) { return alert.id + " " + alert.level; };
    // Who looks for the first time sees them; later ones ring, also those that came while no page was open.
    var fresh = known ? alerts.filter(function (alert) { return known.indexOf(key(alert)) < 0; }) : [];
    if (!known || fresh.length) store("alarm-known", (known || []).concat((known ? fresh : alerts).map(key)).slice(-MOST));
    if (!fresh.length || !stored("alarm")) return;
    ring(fresh.some(function (alert) { return alert.level === "awas"; }));
    fresh.forEach(notify);
  }

  function notify(alert) {
    if (!window.Notification || Notification.permission !== "granted") return;
    var body = words[alert.kind] + " · " + alert.name + " · " + alert.id;
    try {
      var note = new Notification(words[alert.level].toUpperCase(), { body: body, tag: alert.id, requireInteraction: alert.level === "awas" });
      note.onclick = function () { window.focus(); location.href = "/peringatan/" + alert.id; };
    } catch (error) { /* a phone that wants a worker for it; the sound and the title remain */ }
  }

  // Two tones, three times; awas higher and six times. Like the drum, not like a phone.
  function ring(awas) {
    var Context = window.AudioContext || window.webkitAudioContext;
    if (!Context) return;
    sound = sound || new Context();
    if (sound.resume) sound.resume();
    for (var beat = 0; beat < (awas ? 12 : 6); beat += 1) {
      var tone = sound.createOscillator(), volume = sound.createGain(), at = sound.currentTime + beat * 0.28;
      tone.type = "triangle";
      tone.frequency.value = (awas ? 660 : 440) * (beat % 2 ? 0.75 : 1);
      volume.gain.setValueAtTime(0.5, at);
      volume.gain.exponentialRampToValueAtTime(0.001, at + 0.24);
      tone.connect(volume);
      volume.connect(sound.destination);
      tone.start(at);
      tone.stop(at + 0.25);
    }
  }

  var below = control.parentNode.parentNode;

  function say() {
    var on = Boolean(stored("alarm"));
    control.textContent = on ? words.on : words.off;
    control.setAttribute("aria-pressed", String(on));
    var first = document.getElementById("alarm-off");
    var place = on || !first ? below : first;
    if (control.parentNode.parentNode !== place) place.appendChild(control.parentNode);
    if (first) first.hidden = on;
  }

  control.addEventListener("click", function () {
    var on = !stored("alarm");
    store("alarm", on);
    say();
    if (!on) return;
    ring(false); // so that it is heard how it sounds
    if (window.Notification && Notification.permission === "default") Notification.requestPermission();
  });
  control.parentNode.hidden = false;
  say();
  look();
  window.addEventListener("kentongan-look", look);
})();
