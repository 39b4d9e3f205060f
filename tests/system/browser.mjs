// Opens every page of a running Kentongan in Chromium and looks for what a person would stumble over.
//
//   node browser.mjs pages|plain|live|alone|tour URL NAME PASSWORD FOLDER
//
// pages: every page that a link leads to, at 360 × 740 and 1440 × 900, light and dark: no sideways scrolling, no error in
//        the console, nothing loaded from elsewhere, nothing axe calls serious, targets large enough for a thumb
// plain: the same pages without script, and one round of work: acknowledge an alert, enter a report
// live:  prints "listening" once the queue is open and waits for an alert to appear by itself; assigns it, prints "assigned"
//        and waits for its rise
// alone: prints "listening" and waits until the page says that the service is gone, prints "alone" and waits until it is
//        back; then a session ends while a report is typed
// tour:  the README's tour, word by word: *italics* after Press are pressed, "quotes" are on the page, and at the word curl
//        the call of KENTONGAN_CALL is made; KENTONGAN_TOUR is the README; then pages on paper, and back after a logout
//
// Screenshots go to FOLDER. Each fault is a line; ends with the number of them as exit code 0 or 1.
import { createRequire } from "node:module";
import { execSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const modules = process.env.KENTONGAN_NODE_MODULES;
const require = createRequire(join(modules, "none.js"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const [mode, base, name, password, folder] = process.argv.slice(2);
const NARROW = { width: 360, height: 740 };
const WIDE = { width: 1440, height: 900 };
const MOST_PAGES = 80;
const faults = [];
const fault = (where, what) => {
  faults.push(`${where}: ${what}`);
  console.log(`WRONG ${where}: ${what}`);
};

// One page of each shape is enough: two alerts look alike.
const shape = (url) => {
  const { pathname, searchParams } = new URL(url);
  const path = pathname
    .split("/")
    .map((part) => (/^[0-9]{2}\.[0-9]{2}\.[0-9]{2}$/.test(part) ? ":district" : /^[0-9]{2}\.[0-9]{2}$/.test(part) ? ":regency" : /[0-9]/.test(part) ? ":id" : part))
    .join("/");
  return [path, ...[...searchParams.keys()].sort()].join("?");
};

const fileName = (url, look) => `${shape(url).replace(/[^a-z:?]+/gi, "_").replace(/[:?]/g, "-") || "_"}-${look}.png`;

async function login(context) {
  const page = await context.newPage();
  await page.goto(`${base}/masuk`);
  await page.fill('input[name="name"]', name);
  await page.fill('input[name="password"]', password);
  await Promise.all([page.waitForURL((url) => url.pathname !== "/masuk"), page.click('main button[type="submit"], main form button')]);
  await page.close();
}

function watch(page) {
  const seen = [];
  page.on("console", (message) => message.type() === "error" && seen.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => seen.push(`script: ${error.message}`));
  page.on("requestfailed", (request) => {
    const why = request.failure()?.errorText ?? "";
    if (!why.includes("ERR_ABORTED")) seen.push(`request: ${request.url()} ${why}`);
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(base) && !request.url().startsWith("data:")) seen.push(`loaded from elsewhere: ${request.url()}`);
  });
  return seen;
}

// What can be seen of a page from within it.
const look = () => {
  const root = document.documentElement;
  const wide = root.scrollWidth > root.clientWidth + 1 ? root.scrollWidth : 0;
  const small = [...document.querySelectorAll("button, select, input:not([type=hidden]):not([type=checkbox]):not([type=radio]), nav a")]
    .map((element) => ({ element, box: element.getBoundingClientRect() }))
    .filter(({ box }) => box.width > 0 && box.height > 0 && box.height < 43.5)
    .map(({ element, box }) => `${element.tagName.toLowerCase()} "${(element.textContent || element.name || "").trim().slice(0, 30)}" ${Math.round(box.height)} px`);
  const shown = (element) => element.getClientRects().length > 0 && getComputedStyle(element).visibility !== "hidden";
  const shared = (one, other) =>
    Math.max(0, Math.min(one.right, other.right) - Math.max(one.left, other.left)) * Math.max(0, Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top));
  // What covers other words of its strip, or does not fit into its own place.
  const covered = [];
  for (const strip of document.querySelectorAll(".queue .strip > a")) {
    const parts = [...strip.children].filter(shown);
    for (const [index, part] of parts.entries()) {
      const words = part.textContent.trim().slice(0, 40);
      if (part.scrollWidth > part.clientWidth + 1 && part.clientWidth > 0) covered.push(`"${words}" does not fit`);
      for (const other of parts.slice(index + 1)) {
        if (shared(part.getBoundingClientRect(), other.getBoundingClientRect()) > 4) covered.push(`"${words}" and "${other.textContent.trim().slice(0, 40)}" cover each other`);
      }
    }
  }
  // Lists are in the order of the time that they show: one way or the other.
  const unsorted = [];
  for (const list of document.querySelectorAll("ol.reports, ol.messages, ol.queue.ended")) {
    const times = [...list.children].map((item) => item.querySelector("time[datetime]")).filter(Boolean).map((time) => Date.parse(time.getAttribute("datetime")));
    const falls = times.every((time, index) => index === 0 || time <= times[index - 1]);
    const rises = times.every((time, index) => index === 0 || time >= times[index - 1]);
    if (!falls && !rises) unsorted.push(`${list.className}: ${times.map((time) => new Date(time).toISOString()).slice(0, 8).join(" ")}`);
  }
  // Each kecamatan of the map is called by its name, legibly, within the map and not over another name.
  const names = [];
  for (const map of document.querySelectorAll("svg.map:not(.many)")) {
    const frame = map.getBoundingClientRect();
    const labels = [...map.querySelectorAll(".map-name")];
    if (labels.length !== map.querySelectorAll("a.area").length) names.push("a kecamatan of the map has no name");
    const boxes = labels.map((label) => ({ words: [...label.querySelectorAll(".map-word")].map((word) => word.textContent).join(" "), box: label.getBoundingClientRect(), word: label.querySelector(".map-word") }));
    for (const [index, { words, box, word }] of boxes.entries()) {
      if (!word || !shown(word)) { names.push("a name on the map is hidden"); continue; }
      if (word.getBoundingClientRect().height < 9) names.push(`${words} is ${word.getBoundingClientRect().height.toFixed(1)} px high`);
      if (box.left < frame.left - 2 || box.right > frame.right + 2) names.push(`${words} is cut off by the map`);
      for (const other of boxes.slice(index + 1)) {
        if (shared(box, other.box) > 0.15 * Math.min(box.width * box.height, other.box.width * other.box.height)) names.push(`${words} covers ${other.words}`);
      }
    }
  }
  return {
    wide,
    small,
    odd: [...covered, ...unsorted.map((what) => `is not in the order of what it shows: ${what}`), ...names],
    lang: root.lang,
    title: document.title,
    headings: document.querySelectorAll("h1").length,
    words: document.body.innerText,
    // An anchor of an SVG map has no plain href.
    links: [...document.querySelectorAll("a[href]:not([download])")].map((link) => new URL(link.getAttribute("href"), location.href).href),
  };
};

async function inspect(page, url, { label, narrow, script }) {
  const seen = watch(page);
  const answer = await page.goto(url, { waitUntil: script ? "load" : "domcontentloaded" });
  const where = `${new URL(url).pathname}${new URL(url).search} (${label})`;
  if (answer.status() !== 200) fault(where, `answered ${answer.status()}`);
  const found = await page.evaluate(look);
  if (found.wide) fault(where, `scrolls sideways: ${found.wide} px of ${page.viewportSize().width}`);
  if (found.headings !== 1) fault(where, `${found.headings} main headings`);
  if (!found.lang || !found.title) fault(where, "no language or no title");
  if (!/skenario|scenario/i.test(found.words)) fault(where, "does not say that it is a scenario");
  found.odd.forEach((what) => fault(where, what));
  if (narrow) found.small.forEach((what) => fault(where, `too small for a thumb: ${what}`));
  if (script) await judge(page, where);
  await page.screenshot({ path: join(folder, fileName(url, label)), fullPage: true });
  seen.forEach((what) => fault(where, what));
  return found.links;
}

async function judge(page, where) {
  await page.evaluate(axe);
  const result = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  for (const violation of result.violations.filter(({ impact }) => impact === "serious" || impact === "critical")) {
    const node = violation.nodes[0];
    fault(where, `axe ${violation.id}: ${violation.help} (${violation.nodes.length}×): ${node.html.slice(0, 160)} ${node.failureSummary?.split("\n")[1] ?? ""}`);
  }
}

// Follows every link of the site from the first page; gives one address of each shape.
async function crawl(context, options) {
  const queue = [`${base}/`, `${base}/laporan/baru`];
  const known = new Set(queue.map(shape));
  const pages = [];
  while (queue.length > 0 && pages.length < MOST_PAGES) {
    const url = queue.shift();
    const page = await context.newPage();
    page.on("dialog", (dialog) => dialog.dismiss());
    const links = await inspect(page, url, options);
    pages.push(url);
    await page.close();
    for (const link of links.map((link) => link.split("#")[0])) {
      const skip = !link.startsWith(`${base}/`) || /\/(keluar|logout|aset|metrics|v1|cap|schema|openapi)|[?&]lang=/.test(link);
      if (!skip && !known.has(shape(link))) {
        known.add(shape(link));
        queue.push(link);
      }
    }
  }
  console.log(`${pages.length} pages (${options.label}): ${pages.map((url) => new URL(url).pathname).join(" ")}`);
  if (pages.length < 8) fault("site", `only ${pages.length} pages were found`);
}

async function everyPage(browser, { script }) {
  const looks = script
    ? [["360", NARROW, "light", "id"], ["1440", WIDE, "light", "id"], ["360-dark", NARROW, "dark", "id"], ["1440-en", WIDE, "light", "en"], ["360-en", NARROW, "light", "en"]]
    : [["360-plain", NARROW, "light", "id"], ["1440-plain", WIDE, "light", "id"]];
  for (const [label, viewport, colorScheme, lang] of looks) {
    const context = await browser.newContext({ viewport, colorScheme, javaScriptEnabled: script, locale: "id-ID" });
    await login(context);
    if (lang !== "id") await (await context.newPage()).goto(`${base}/?lang=${lang}`);
    await crawl(context, { label, narrow: viewport === NARROW, script });
    await context.close();
  }
}

// One round of work without script: see an alert, say so, and enter a report.
async function work(browser) {
  const context = await browser.newContext({ viewport: NARROW, javaScriptEnabled: false });
  await login(context);
  const page = await context.newPage();
  await page.goto(`${base}/peringatan`);
  const links = await page.$$eval('main a[href^="/peringatan/"]', (all) => all.map((link) => link.getAttribute("href")));
  if (links.length === 0) return fault("/peringatan", "holds no alert");
  await page.goto(`${base}${links[0]}`);
  const known = page.locator('form[action$="/ketahui"] button').first();
  if ((await known.count()) === 0) return fault(links[0], "has no button to acknowledge");
  await known.click();
  await page.waitForLoadState();
  if ((await page.locator('form[action$="/ketahui"] button').count()) > 0) fault(links[0], "is still unacknowledged");
  await page.screenshot({ path: join(folder, "work-acknowledged.png"), fullPage: true });
  await context.close();
}

async function live(browser) {
  const context = await browser.newContext({ viewport: NARROW, locale: "id-ID" });
  await login(context);
  const page = await context.newPage();
  // What the browser would show outside the page.
  await page.addInitScript(() => {
    window.shown = [];
    window.tones = 0;
    window.AudioContext = class {
      currentTime = 0;
      destination = {};
      resume() {}
      createOscillator() { return { frequency: {}, connect() {}, start() { window.tones += 1; }, stop() {} }; }
      createGain() { return { gain: { setValueAtTime() {}, exponentialRampToValueAtTime() {} }, connect() {} }; }
    };
    window.Notification = class {
      static permission = "granted";
      constructor(title, more) { window.shown.push(`${title}: ${more.body}`); }
    };
  });
  const seen = watch(page);
  const stream = page.waitForRequest((request) => request.url().includes("/live"));
  await page.goto(`${base}/peringatan`);
  await (await stream).response();
  await page.evaluate(() => (window.sameDocument = true));
  await page.click("#alarm");
  if ((await page.getAttribute("#alarm", "aria-pressed")) !== "true") fault("/peringatan", "cannot turn the alarm on");
  if ((await page.evaluate(() => window.tones)) !== 6) fault("/peringatan", "does not let its sound be heard when it is turned on");
  const before = await page.locator('main a[href^="/peringatan/"]').count();
  if (before !== 0) fault("/peringatan", "holds an alert before anything happened");
  console.log("listening");
  await page.locator('main a[href^="/peringatan/"]').first().waitFor({ timeout: 30000 });
  if (!(await page.evaluate(() => window.sameDocument === true))) fault("/peringatan", "was loaded again");
  await page.waitForFunction(() => /^\(1 (siaga|awas)\) /.test(document.title), null, { timeout: 5000 });
  const tones = await page.evaluate(() => window.tones);
  if (tones !== 12 && tones !== 18) fault("/peringatan", `sounded ${tones - 6} tones for the alert`);
  const shown = await page.evaluate(() => window.shown);
  if (shown.length !== 1 || !/^(SIAGA|AWAS): bencana \(warga–alam\) · Rupit · 16\.13-/.test(shown[0])) fault("/peringatan", `notified of: ${shown}`);
  await page.screenshot({ path: join(folder, "live.png"), fullPage: true });
  await risen(context, page);
  seen.forEach((what) => fault("/peringatan", what));
  await context.close();
}

// The alert in the open queue is accepted and assigned on a page of its own; then it rises, and the queue asks again by itself.
async function risen(context, queue) {
  const again = /naik atau kembali, belum diterima/;
  const strip = queue.locator("#antrean");
  const own = await context.newPage();
  await own.goto(`${base}${await queue.locator('main a[href^="/peringatan/"]').first().getAttribute("href")}`);
  await Promise.all([own.waitForNavigation(), own.locator('form[action$="/ketahui"] button').first().click()]);
  await own.locator("details:has(#kepada) > summary").click();
  await own.fill("#kepada", "Danramil");
  await Promise.all([own.waitForNavigation(), own.locator('form[action$="/tugaskan"] button').click()]);
  if ((await own.locator('form[action$="/ketahui"]').count()) !== 0) fault("the alert's page", "asks again before anything rose");
  await strip.getByText("Danramil").first().waitFor({ timeout: 30000 });
  if (again.test(await strip.innerText())) fault("/peringatan", "asks again before anything rose");
  console.log("assigned");
  await strip.getByText(again).first().waitFor({ timeout: 30000 });
  if (!(await queue.evaluate(() => window.sameDocument === true))) fault("/peringatan", "was loaded again for the rise");
  if (!/awas/i.test(await strip.innerText())) fault("/peringatan", "does not show the level it rose to");
  await own.reload();
  if ((await own.locator('form[action$="/ketahui"] button').count()) === 0) fault("the alert's page", "does not ask for a new acceptance");
  await queue.screenshot({ path: join(folder, "risen.png"), fullPage: true });
  await own.close();
}

// A page whose service is gone says so at once and how old it is, in a bar that stays in sight; when it is back it looks again.
async function alone(browser) {
  const context = await browser.newContext({ viewport: NARROW, locale: "id-ID" });
  await login(context);
  const page = await context.newPage();
  await page.goto(`${base}/`);
  await page.locator("html.live").waitFor({ timeout: 10000 });
  const bar = page.locator("#sambungan");
  if (await bar.isVisible()) fault("/", "says it is alone while it is not");
  console.log("listening");
  await bar.waitFor({ state: "visible", timeout: 60000 });
  const words = await bar.innerText();
  if (!/terputus.*pukul [0-9]{2}\.[0-9]{2} WIB \([0-9]+ detik lalu\)/.test(words)) fault("/", `the bar says: ${words}`);
  for (const [label, viewport] of [["360", NARROW], ["1440", WIDE]]) {
    await page.setViewportSize(viewport);
    await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
    if ((await bar.boundingBox()).y > 1) fault("/", `the bar is out of sight at ${label}`);
    await page.evaluate(() => window.scrollTo(0, 0));
    await page.screenshot({ path: join(folder, `alone-${label}.png`) });
  }
  await judge(page, "/ (alone)");
  console.log("alone");
  await bar.waitFor({ state: "hidden", timeout: 60000 });
  await page.locator("html.live").waitFor({ timeout: 1000 });
  await silence(context);
  await ended(context, page);
  await context.close();
}

// A connection that dies without a word is missed by its signs of life.
async function silence(context) {
  const page = await context.newPage();
  await page.clock.install();
  await page.goto(`${base}/`);
  await page.locator("html.live").waitFor({ timeout: 10000 });
  await page.clock.fastForward(17000);
  if (await page.locator("#sambungan").isVisible()) fault("/", "calls 17 s without a word the end");
  await page.clock.fastForward(6000);
  await page.locator("#sambungan").waitFor({ state: "visible", timeout: 2000 });
  await page.close();
}

const kept = (page) => page.evaluate(() => Object.keys(window.localStorage).filter((key) => key.startsWith("lapor")));

// The session ends while a report is typed: the bar says so, and what was typed stands there again after the login.
async function ended(context, other) {
  const page = await context.newPage();
  await page.goto(`${base}/laporan/baru`);
  await page.fill('textarea[name="summary"]', 'Portal "dipasang" <sejak> subuh & dijaga');
  await page.selectOption('select[name="place"]', "16.13.04");
  await page.check('input[name="severity"][value="3"]', { force: true });
  await page.selectOption('select[name="category"]', "resident_company WP-05");
  await page.selectOption('select[name="source"]', "village");
  await context.clearCookies();
  await other.evaluate(() => window.dispatchEvent(new Event("online")));
  await other.locator('#sambungan a[href^="/masuk"]').waitFor({ timeout: 5000 });
  await other.screenshot({ path: join(folder, "ended-1440.png") });
  await page.click("#f-kirim");
  await page.fill('input[name="name"]', name);
  await page.fill('input[name="password"]', password);
  await page.screenshot({ path: join(folder, "kept-login-360.png"), fullPage: true });
  await page.click('main button[type="submit"]');
  const typed = await page.inputValue('textarea[name="summary"]');
  if (typed !== 'Portal "dipasang" <sejak> subuh & dijaga') fault("/laporan/baru", `came back as: ${typed}`);
  if ((await page.inputValue('select[name="place"]')) !== "16.13.04") fault("/laporan/baru", "lost its place");
  await page.click("#f-kirim");
  await page.waitForURL(/diterima=/, { timeout: 10000 });
  if ((await kept(page)).length) fault("/laporan/baru", `what was sent is kept as typed: ${await kept(page)}`);
  await page.close();
}

const plain = (text) => text.replace(/\s+/g, " ").trim();

// The steps of the README's tour, each a list of what to press, to see and to call.
function tourSteps() {
  const section = readFileSync(process.env.KENTONGAN_TOUR, "utf8").split(/^## A tour.*$/m)[1].split(/^## /m)[0];
  const steps = section.split("\n").filter((line) => /^[0-9]+\. /.test(line));
  const parts = (step) => [...step.matchAll(/([Pp]ress )?\*([^*]+)\*|"([^"]+)"|`([^`]+)`/g)];
  const meant = ([, press, italics, quoted, code]) => {
    if (press) return { press: italics };
    if (italics || quoted) return { see: italics ?? quoted };
    return { call: code === "curl" };
  };
  return steps.map((step) => parts(step).map(meant));
}

// What can be pressed, by what stands on it or begins it.
async function press(page, label, where) {
  const pressed = await page.evaluate((label) => {
    const plain = (text) => text.replace(/\s+/g, " ").trim();
    const seen = (element) => element.getClientRects().length > 0;
    const all = [...document.querySelectorAll("nav a, main a, main button, main summary")].filter(seen);
    const exact = all.find((element) => plain(element.innerText) === label);
    const found = exact ?? all.find((element) => plain(element.innerText).includes(label));
    found?.setAttribute("data-tour", "");
    return found !== undefined;
  }, label);
  if (!pressed) return fault(where, `has nothing to press that says "${label}"`);
  await page.locator("[data-tour]").click();
  await page.waitForLoadState();
  await page.evaluate(() => document.querySelectorAll("[data-tour]").forEach((element) => element.removeAttribute("data-tour")));
}

async function see(page, words, where) {
  const until = Date.now() + 10000;
  for (;;) {
    if (plain(await page.evaluate(() => document.body.innerText)).includes(words)) return;
    if (Date.now() > until) return fault(where, `does not say "${words}"`);
    await page.waitForTimeout(100);
  }
}

async function tour(browser) {
  const context = await browser.newContext({ viewport: WIDE, locale: "id-ID" });
  await login(context);
  const page = await context.newPage();
  const seen = watch(page);
  await page.goto(`${base}/`);
  const steps = tourSteps();
  if (steps.length !== 10) fault("README", `has ${steps.length} steps in its tour`);
  let calls = 0;
  for (const [index, parts] of steps.entries()) {
    for (const part of parts) {
      const where = `step ${index + 1}, ${new URL(page.url()).pathname}`;
      if (part.press) await press(page, part.press, where);
      else if (part.see) await see(page, part.see, where);
      else if (part.call) {
        await page.locator("html.live").waitFor({ timeout: 10000 });
        const answer = execSync(process.env.KENTONGAN_CALL, { shell: "/bin/sh", encoding: "utf8" });
        if (!/"accepted":1/.test(answer)) fault(where, `the call was answered: ${answer}`);
        calls += 1;
      }
    }
    await page.screenshot({ path: join(folder, `tour-${index + 1}.png`) });
  }
  if (calls !== 1) fault("README", `has ${calls} calls in its tour`);
  seen.filter((what) => !what.includes("422")).forEach((what) => fault("tour", what));
  await context.close();
}

// The overview, an alert and its kecamatan are one A4 each on paper, in light colours though the screen is dark.
async function paper(browser) {
  const context = await browser.newContext({ viewport: WIDE, colorScheme: "dark", locale: "id-ID" });
  await login(context);
  const page = await context.newPage();
  await page.goto(`${base}/peringatan`);
  const alert = await page.getAttribute('main a[href^="/peringatan/"]', "href");
  await page.goto(`${base}${alert}`);
  const district = await page.getAttribute('main a[href^="/kecamatan/"]', "href");
  for (const path of ["/", alert, district.split("#")[0]]) {
    await page.emulateMedia({ media: "screen", colorScheme: "dark" });
    await page.goto(`${base}${path}`);
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    const colours = await page.evaluate(() => {
      const of = (element) => getComputedStyle(element);
      return [of(document.body).color, of(document.body).backgroundColor, of(document.documentElement).getPropertyValue("--ink").trim()].join(" ");
    });
    if (colours !== "rgb(0, 0, 0) rgb(255, 255, 255) #1d1d1b") fault(path, `prints in dark colours: ${colours}`);
    const banner = await page.evaluate(() => {
      const of = document.querySelector(".scenario");
      return of && [getComputedStyle(of).color, getComputedStyle(of).backgroundColor].join(" ");
    });
    if (banner !== "rgb(0, 0, 0) rgba(0, 0, 0, 0)") fault(path, `prints the banner of the scenario in ${banner}`);
    const print = await page.pdf({ path: join(folder, `paper-${path.replace(/[^a-z0-9]+/gi, "-")}.pdf`), preferCSSPageSize: true });
    const sheets = (print.toString("latin1").match(/\/Type\s*\/Page\b(?!s)/g) ?? []).length;
    if (sheets !== 1) fault(path, `is ${sheets} pages on paper`);
  }
  await context.close();
}

// The button back after a logout shows nobody what the page held, in a browser that keeps pages whole.
async function back() {
  const keeping = await chromium.launch({ ...LAUNCH, ignoreDefaultArgs: ["--disable-back-forward-cache"] });
  const context = await keeping.newContext({ viewport: NARROW, locale: "id-ID" });
  await login(context);
  const page = await context.newPage();
  await page.goto(`${base}/laporan/baru`);
  // What is half typed outlives a reload, and a logout asks before it removes it.
  await page.fill('textarea[name="summary"]', "rahasia piket");
  await page.click('details:has(input[name="dead"]) > summary');
  await page.fill('input[name="dead"]', "1");
  await page.reload();
  const summary = () => page.inputValue('textarea[name="summary"]');
  if ((await summary()) !== "rahasia piket") fault("/laporan/baru", `after a reload it holds: ${await summary()}`);
  if (!(await page.locator('input[name="dead"]').isVisible())) fault("/laporan/baru", "what was typed below is hidden after a reload");
  const dismissed = page.waitForEvent("dialog").then((dialog) => (dialog.dismiss(), dialog.message()));
  await page.click('form[action="/keluar"] button');
  if (!(await dismissed).includes("dihapus")) fault("/laporan/baru", "a logout does not ask");
  if ((await summary()) !== "rahasia piket") fault("/laporan/baru", "is left before anybody agrees");
  page.once("dialog", (dialog) => dialog.accept());
  await page.evaluate(() => { window.beforeLogout = true; });
  await Promise.all([page.waitForURL(/\/masuk/), page.click('form[action="/keluar"] button')]);
  if ((await kept(page)).length) fault("/laporan/baru", `the browser keeps ${await kept(page)}`);
  await page.goBack({ waitUntil: "commit" });
  await page.locator('input[name="password"]').waitFor({ timeout: 10000 }).catch(() => fault("/laporan/baru", "is shown after the logout"));
  if (await page.evaluate(() => window.beforeLogout === true)) fault("/laporan/baru", "is the page of before the logout");
  if (/rahasia piket/.test(await page.content())) fault("/laporan/baru", "shows what was typed before the logout");
  await keeping.close();
}

mkdirSync(folder, { recursive: true });
const LAUNCH = {
  executablePath: process.env.KENTONGAN_CHROMIUM,
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"],
};
const browser = await chromium.launch(LAUNCH);
try {
  if (mode === "live") await live(browser);
  else if (mode === "alone") await alone(browser);
  else if (mode === "tour") await tour(browser);
  else await everyPage(browser, { script: mode === "pages" });
  if (mode === "plain") await work(browser);
  if (mode === "tour") await paper(browser);
  if (mode === "tour") await back();
} catch (error) {
  fault(mode, error.message);
} finally {
  await browser.close();
}
console.log(`${faults.length} faults`);
process.exit(faults.length > 0 ? 1 : 0);
