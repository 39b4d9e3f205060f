// A reporter's phone in Chromium, 360 × 740: without script, with it, without signal, and after the logout.
//
//   node reporter.mjs URL NAME PASSWORD OTHER_NAME OTHER_PASSWORD FOLDER
//
// OTHER_NAME is a second account that uses the same phone.
// Screenshots go to FOLDER. Each fault is a line; ends with the number of them as exit code 0 or 1.
import { createRequire } from "node:module";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const modules = process.env.KENTONGAN_NODE_MODULES;
const require = createRequire(join(modules, "none.js"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const [base, name, password, otherName, otherPassword, folder] = process.argv.slice(2);
const PHONE = { width: 360, height: 740 };
const MOST = 20 << 10;
const faults = [];
const fault = (where, what) => {
  faults.push(what);
  console.log(`WRONG ${where}: ${what}`);
};

async function login(context, as = { name, password }) {
  const page = await context.newPage();
  await page.goto(`${base}/masuk`);
  await page.fill('input[name="name"]', as.name);
  await page.fill('input[name="password"]', as.password);
  await Promise.all([page.waitForURL(/\/lapor$/), page.click('main form button')]);
  return page;
}

// Nothing to scroll sideways to, and every target is large enough for a thumb.
async function look(page, where) {
  const found = await page.evaluate(() => {
    const root = document.documentElement;
    const targets = [...document.querySelectorAll("button, select, summary, .tick, input[type=text], input[type=datetime-local], textarea")];
    const small = targets.map((target) => [target, target.getBoundingClientRect()]).filter(([, box]) => box.height > 0 && box.height < 44);
    return { wide: root.scrollWidth > root.clientWidth + 1 ? root.scrollWidth : 0, small: small.map(([target]) => target.outerHTML.slice(0, 80)) };
  });
  if (found.wide) fault(where, `scrolls sideways: ${found.wide} px`);
  found.small.forEach((what) => fault(where, `too small for a thumb: ${what}`));
}

async function fill(page, text) {
  await page.click("#kejadian > summary");
  await page.check('input[name="category"][value="disaster WA-01"]');
  await page.fill("#f-village", "desa beringin makmur ii");
  await page.check('input[name="when"][value="now"]');
  await page.check('input[name="severity"][value="3"]');
  await page.fill("#f-summary", text);
}

async function sees(page, words, where) {
  try {
    await page.getByText(words).first().waitFor({ timeout: 10000 });
  } catch {
    fault(where, `does not say ${words}: ${(await page.innerText("body")).slice(0, 300)}`);
  }
}

async function plain(browser) {
  const context = await browser.newContext({ viewport: PHONE, locale: "id-ID", javaScriptEnabled: false });
  const page = await login(context);
  await look(page, "plain");
  await page.screenshot({ path: join(folder, "plain.png"), fullPage: true });
  await page.click("button.act");
  await sees(page, /Nihil tercatat/, "plain");
  await page.screenshot({ path: join(folder, "nihil.png"), fullPage: true });
  if (await page.locator("input[name=occurred]").isVisible()) fault("plain", "a time is asked for before it is to be chosen");
  await fill(page, "air naik ke jalan");
  await page.click("#lanjutan > summary");
  await look(page, "plain, all open");
  await page.screenshot({ path: join(folder, "open.png"), fullPage: true });
  // Of what is chosen its own examples are shown.
  const shown = await page.locator('small[data-kind]:visible').count();
  if (shown !== 5) fault("plain", `${shown} examples are shown`);
  await page.fill("#f-village", "antah berantah");
  await page.click("#f-kirim");
  await sees(page, /Desa antah berantah tidak ada/, "plain");
  await page.screenshot({ path: join(folder, "wrong.png"), fullPage: true });
  if ((await page.inputValue("#f-summary")) !== "air naik ke jalan") fault("plain", "what was typed is lost");
  await page.fill("#f-village", "");
  await page.click("#f-kirim");
  await sees(page, /Laporan diterima/, "plain");
  for (let tries = 0; tries < 50 && (await page.locator("#saya li").count()) < 2; tries += 1) await page.goto(`${base}/lapor`);
  await sees(page, "✓ diterima", "plain");
  await page.screenshot({ path: join(folder, "own.png"), fullPage: true });
  await context.close();
}

async function weight(browser) {
  const context = await browser.newContext({ viewport: PHONE, locale: "id-ID" });
  const page = await login(context);
  const own = (await (await page.reload()).body()).length;
  const parts = await page.evaluate(() => [...document.querySelectorAll("link[rel=stylesheet], script[src]")].map((part) => part.href || part.src));
  const sizes = await Promise.all(parts.map(async (part) => (await (await context.request.get(part)).body()).length));
  console.log(`the page has ${own} bytes, its style sheet and script ${sizes.join(" and ")}`);
  if (own > MOST) fault("weight", `the page has ${own} bytes`);
  await context.close();
}

// The first view where nothing is kept yet, on what Chromium's tools call regular 2G: 250 kbit/s down, 50 up, 300 ms a way and back.
async function slowly(browser) {
  const context = await browser.newContext({ viewport: PHONE, locale: "id-ID" });
  await login(context);
  const fresh = await browser.newContext({ viewport: PHONE, locale: "id-ID", storageState: await context.storageState() });
  const page = await fresh.newPage();
  const network = await fresh.newCDPSession(page);
  await network.send("Network.enable");
  await network.send("Network.emulateNetworkConditions", { offline: false, latency: 300, downloadThroughput: 250000 / 8, uploadThroughput: 50000 / 8 });
  await page.goto(`${base}/lapor`);
  await page.getByText(/Nihil minggu ini/).first().waitFor();
  const seen = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0].startTime);
  console.log(`on 2G the page is seen after ${Math.round(seen)} ms`);
  if (seen > 2000) fault("slowly", `the page is seen after ${Math.round(seen)} ms`);
  await fresh.close();
  await context.close();
}

async function scripted(browser) {
  const context = await browser.newContext({ viewport: PHONE, locale: "id-ID" });
  const page = await login(context);
  const errors = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => message.type() === "error" && /Content Security|Refused/.test(message.text()) && errors.push(message.text()));
  await page.evaluate(axe);
  await page.evaluate(() => document.querySelectorAll("details").forEach((part) => { part.open = true; }));
  const judged = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  for (const { id, impact, nodes } of judged.violations) {
    if (impact === "serious" || impact === "critical") fault("scripted", `axe ${id}: ${nodes[0].html.slice(0, 160)}`);
  }
  await page.reload();
  await fill(page, "air setinggi lutut");
  await context.setOffline(true);
  await page.click("#f-kirim");
  await sees(page, /menunggu sinyal/, "without signal");
  await page.screenshot({ path: join(folder, "unsent.png"), fullPage: true });
  // What is typed meanwhile is not replaced by the answer to what was sent before it.
  await page.fill("#f-summary", "jalan putus");
  await context.setOffline(false);
  await sees(page, /Laporan diterima/, "the signal is back");
  if ((await page.inputValue("#f-summary")) !== "jalan putus") fault("the signal is back", "what is being typed is lost");
  if (await page.locator("#belum").isVisible()) fault("the signal is back", "what was sent is shown as unsent");
  // The page goes while something is unsent: it is still there when it is opened again.
  await page.route("**/lapor/nihil", (route) => route.abort());
  await page.click("button.act");
  await sees(page, /menunggu sinyal/, "unsent");
  await page.reload();
  await sees(page, /menunggu sinyal/, "opened again");
  // A network's own page is no answer.
  await page.unroute("**/lapor/nihil");
  await page.route("**/lapor/nihil", (route) => route.fulfill({ status: 200, contentType: "text/html", body: "<p>WiFi gratis</p>" }));
  await Promise.all([page.waitForEvent("requestfinished", (one) => one.url().endsWith("/lapor/nihil")), page.reload()]);
  await Promise.all([page.waitForResponse(/lapor\/nihil/), page.reload()]); // it is sent again, so it was kept
  await sees(page, /menunggu sinyal/, "the page of a network");
  // A service that is out of order is not called a missing signal.
  await page.unroute("**/lapor/nihil");
  await page.route("**/lapor/nihil", (route) => route.fulfill({ status: 503, contentType: "text/html", body: "<p>503</p>" }));
  await page.reload();
  await sees(page, /layanan belum dapat menerima; dikirim sendiri nanti/, "a service that is out of order");
  // What cannot be sent is not lost to the logout: it goes where its owner says so.
  page.on("dialog", (dialog) => dialog.accept());
  await page.click("footer button.quiet");
  await sees(page, /Anda belum keluar: tidak ada sinyal, atau layanan/, "left unsent");
  if (!/nihil/.test(await here(page))) fault("left unsent", "what was unsent is deleted");
  await Promise.all([page.waitForURL(/\/masuk/), page.getByText(/Hapus yang belum terkirim/).click()]);
  const left = await page.evaluate(() => Object.keys(window.localStorage));
  if (left.length > 0) fault("after the logout", `the browser keeps ${left}`);
  errors.forEach((what) => fault("scripted", what));
  await context.close();
}

// Another person takes the phone: what was kept goes with the logout on any page, which asks before.
async function shared(browser) {
  const context = await browser.newContext({ viewport: PHONE, locale: "id-ID" });
  const page = await login(context);
  await page.route("**/lapor/nihil", (route) => route.abort());
  await page.click("button.act");
  await sees(page, /menunggu sinyal/, "shared");
  await page.goto(`${base}/peringatan`);
  const asked = [];
  page.once("dialog", (dialog) => (asked.push(dialog.message()), dialog.dismiss()));
  await page.click('form[action="/keluar"] button');
  if (!asked.some((words) => words.includes(name))) fault("shared", `leaving does not ask: ${asked}`);
  if (!asked.some((words) => words.includes("dihapus"))) fault("shared", `leaving does not say that it is removed: ${asked}`);
  if (!/nihil/.test(await here(page))) fault("shared", "what was unsent is lost before anybody agrees");
  page.once("dialog", (dialog) => dialog.accept());
  await Promise.all([page.waitForURL(/\/masuk/), page.click('form[action="/keluar"] button')]);
  const left = await page.evaluate(() => Object.keys(window.localStorage));
  if (left.length > 0) fault("shared", `the browser keeps ${left}`);
  await context.close();
}

// What waits for a signal waits two days and no longer: an older report would be told as if it were of now.
async function old(browser) {
  const context = await browser.newContext({ viewport: PHONE, locale: "id-ID" });
  const page = await login(context);
  await page.route("**/lapor/nihil", (route) => route.abort());
  await page.click("button.act");
  await sees(page, /menunggu sinyal/, "old");
  const age = (hours) => page.evaluate((hours) => {
    for (const key of Object.keys(window.localStorage)) {
      const item = JSON.parse(window.localStorage.getItem(key));
      window.localStorage.setItem(key, JSON.stringify({ ...item, at: Date.now() - hours * 3600000 }));
    }
  }, hours);
  await age(47.9);
  await page.reload();
  await sees(page, /menunggu sinyal/, "of 47.9 hours ago");
  await age(48.1);
  await page.reload();
  await page.locator("#belum").waitFor({ state: "hidden", timeout: 5000 }).catch(() => fault("old", "is kept longer than two days"));
  const left = await page.evaluate(() => Object.keys(window.localStorage));
  if (left.length > 0) fault("old", `the browser keeps ${left}`);
  // Nobody may ever open the owner's page again: it goes from the login page, too, where nobody is logged in.
  await context.clearCookies();
  await page.goto(`${base}/masuk`);
  await page.evaluate(() => {
    const item = (hours) => JSON.stringify({ account: "pelapor-lain", fields: "summary=rahasia", at: Date.now() - hours * 3600000 });
    window.localStorage.setItem("lapor:tua", item(48.1));
    window.localStorage.setItem("lapor:muda", item(47.9));
  });
  await page.reload({ waitUntil: "load" });
  const kept = await page.evaluate(() => Object.keys(window.localStorage));
  if (kept.join() !== "lapor:muda") fault("old", `after the login page the browser keeps ${kept}`);
  await context.close();
}

// The button back after a logout shows nobody what was typed, in a browser that keeps pages whole.
async function back() {
  const keeping = await chromium.launch({ ...LAUNCH, ignoreDefaultArgs: ["--disable-back-forward-cache"] });
  const context = await keeping.newContext({ viewport: PHONE, locale: "id-ID" });
  const page = await login(context);
  await page.click("#kejadian > summary");
  await page.fill("#f-summary", "rahasia pelapor");
  await page.evaluate(() => { window.beforeLogout = true; });
  page.on("dialog", (dialog) => dialog.accept());
  await Promise.all([page.waitForURL(/\/masuk/), page.click("footer button.quiet")]);
  await page.goBack({ waitUntil: "commit" });
  await page.locator('input[name="password"]').waitFor({ timeout: 10000 }).catch(() => fault("back", "the page is shown after the logout"));
  if (await page.evaluate(() => window.beforeLogout === true)) fault("back", "it is the page of before the logout");
  if (/rahasia pelapor/.test(await page.content())) fault("back", "it shows what was typed before the logout");
  await keeping.close();
}

const PORTAL = "portal lagi, hubungi 0812-3456-7890";
const here = (page) => page.evaluate(() => Object.keys(window.localStorage).map((key) => `${key} ${window.localStorage.getItem(key)}`).join("\n"));
const summary = (page) => page.inputValue("#f-summary");

// What the service refuses stands there again, filled, with the reason: at once, after a reload, and out of what waits.
async function refused(browser) {
  const context = await browser.newContext({ viewport: PHONE, locale: "id-ID" });
  const page = await login(context);
  await fill(page, PORTAL);
  await page.click("#f-kirim");
  await sees(page, /seperti nomor telepon/, "refused");
  if ((await summary(page)) !== PORTAL) fault("refused", "what was typed is lost");
  await page.reload();
  if ((await summary(page)) !== PORTAL) fault("refused", "what was to be put right is lost at a reload");
  await page.click("#f-kirim");
  await page.check('input[name="keep"]', { timeout: 5000 });
  await page.click("#f-kirim");
  await sees(page, /Laporan diterima.*L-[0-9A-Z]{4}\./, "refused, then put right");
  // The same where it was sent without a signal: it is opened later, and what is typed meanwhile stays.
  await fill(page, `${PORTAL} segera`);
  await context.setOffline(true);
  await page.click("#f-kirim");
  await sees(page, /menunggu sinyal/, "refused later");
  await page.click("#lanjutan > summary");
  await page.fill("#f-kabar", "sudah dibuka");
  await context.setOffline(false);
  await sees(page, /ada yang harus dibetulkan/, "refused later");
  await page.click("#belum button");
  await sees(page, /selesaikan dulu/, "refused while another form is typed");
  await page.fill("#f-kabar", "");
  await page.click("#belum button");
  await sees(page, /seperti nomor telepon/, "refused, opened");
  if ((await summary(page)) !== `${PORTAL} segera`) fault("refused, opened", "what was typed is lost");
  // The same of further news, which says what is missing.
  await page.fill("#f-summary", "");
  await page.goto(`${base}/lapor`);
  await page.evaluate(() => window.localStorage.clear());
  await page.goto(`${base}/lapor`);
  await page.click("#lanjutan > summary");
  await page.check('#lanjutan input[name="news"][value="continues"]');
  await page.click("#lanjutan button.send");
  await sees(page, /Pilih laporan Anda yang masih berlaku/, "news refused");
  await context.close();
}

// A correction is one: the next report replaces nothing, with a signal and without.
async function corrected(browser) {
  for (const offline of [false, true]) {
    const context = await browser.newContext({ viewport: PHONE, locale: "id-ID" });
    const page = await login(context);
    const where = `corrected ${offline ? "without signal" : "with signal"}`;
    await page.locator('#saya a[href*="koreksi"]').first().click();
    await page.fill("#f-summary", `air naik lagi ${offline}`);
    await context.setOffline(offline);
    await page.click("#f-kirim");
    await sees(page, offline ? /menunggu sinyal/ : /Laporan diterima/, where);
    const left = await page.evaluate(() => ({ replaces: document.querySelectorAll("[name=replaces]").length, text: document.getElementById("f-summary").value, path: location.search }));
    if (left.replaces || left.text || left.path) fault(where, `the form stays a correction: ${JSON.stringify(left)}`);
    await context.setOffline(false);
    if (offline) await page.locator("#belum").waitFor({ state: "hidden", timeout: 20000 }).catch(() => fault(where, "is not sent"));
    await context.close();
  }
}

// What is half typed outlives a reload, and is its account's alone.
async function halfTyped(browser) {
  const context = await browser.newContext({ viewport: PHONE, locale: "id-ID" });
  const page = await login(context);
  await fill(page, "baru setengah");
  await page.reload();
  if ((await summary(page)) !== "baru setengah") fault("half typed", "what was typed is lost at a reload");
  if (!(await page.locator("#f-summary").isVisible())) fault("half typed", "the form is shut after a reload");
  if (!(await page.isChecked('input[name="severity"][value="3"]'))) fault("half typed", "what was chosen is lost");
  await page.fill("#f-summary", "sudah penuh");
  await page.click("#f-kirim");
  await sees(page, /Laporan diterima/, "half typed, then sent");
  await page.reload();
  if ((await summary(page)) !== "" || (await here(page))) fault("half typed", `what was sent is kept as typed: ${await here(page)}`);
  // A correction half typed: it is offered from the plain page.
  await page.locator('#saya a[href*="koreksi"]').first().click();
  await page.fill("#f-summary", "dibetulkan setengah");
  await page.goto(`${base}/lapor`);
  if ((await summary(page)) !== "") fault("half typed", "a correction is taken for a new report");
  await page.click("#belum button");
  await page.waitForURL(/koreksi=/);
  if ((await summary(page)) !== "dibetulkan setengah") fault("half typed", "a half-typed correction is lost");
  page.on("dialog", (dialog) => dialog.accept());
  await Promise.all([page.waitForURL(/\/masuk/), page.click("footer button.quiet")]);
  if (await here(page)) fault("half typed", `the browser keeps ${await here(page)}`);
  await context.close();
}

// The session of one account ended with a report unsent; another logs in: it neither reads nor loses it, and leaving asks.
async function other(browser) {
  const context = await browser.newContext({ viewport: PHONE, locale: "id-ID" });
  let page = await login(context);
  await fill(page, "milik akun pertama");
  await context.setOffline(true);
  await page.click("#f-kirim");
  await sees(page, /menunggu sinyal/, "other");
  await page.close();
  await context.clearCookies();
  await context.setOffline(false);
  page = await login(context, { name: otherName, password: otherPassword });
  await sees(page, new RegExp(`Laporan dari akun ${name} belum terkirim`), "other");
  if (/milik akun pertama/.test(await page.innerText("body"))) fault("other", "it is shown to another account");
  const asked = [];
  const refuse = (dialog) => (asked.push(dialog.message()), dialog.dismiss());
  page.on("dialog", refuse);
  await page.click("footer button.quiet");
  if (!asked.some((words) => words.includes(name))) fault("other", `leaving does not ask: ${asked}`);
  if (!/milik/.test(await here(page))) fault("other", "what another account left unsent is lost");
  await page.close();
  await context.clearCookies();
  page = await login(context);
  await page.locator("#belum").waitFor({ state: "hidden", timeout: 20000 }).catch(() => fault("other", "it is not sent when its owner is back"));
  if (await here(page)) fault("other", `the browser keeps ${await here(page)}`);
  // Its owner leaves it, the other one leaves: it stays for its owner alone, and is sent when they are back.
  await page.route("**/lapor/kejadian", (route) => route.abort());
  await fill(page, "milik akun pertama lagi");
  await page.click("#f-kirim");
  await sees(page, /menunggu sinyal/, "other");
  await page.close();
  await context.clearCookies();
  page = await login(context, { name: otherName, password: otherPassword });
  page.on("dialog", (dialog) => (asked.push(dialog.message()), dialog.accept()));
  await fill(page, "milik akun kedua");
  await Promise.all([page.waitForURL(/\/masuk\?keluar=sendiri/), page.click("footer button.quiet")]);
  if (!asked.some((words) => words.includes(name) && words.includes("tetap disimpan"))) fault("other", `leaving does not say that it stays: ${asked}`);
  const left = await here(page);
  if (!/pertama\+lagi/.test(left)) fault("other", "what another account left unsent is lost with a logout");
  if (/milik akun kedua/.test(left)) fault("other", `the browser keeps ${left}`);
  page = await login(context);
  await page.locator("#belum").waitFor({ state: "hidden", timeout: 20000 }).catch(() => fault("other", "it is not sent when its owner is back"));
  if (await here(page)) fault("other", `the browser keeps ${await here(page)}`);
  await context.close();
}

// A logout without a signal says that it is none yet, covers the page, loses nothing, and is done at the next contact.
async function leftWithoutSignal(browser) {
  const context = await browser.newContext({ viewport: PHONE, locale: "id-ID" });
  const page = await login(context);
  page.on("dialog", (dialog) => dialog.accept());
  await fill(page, "sebelum keluar");
  await context.setOffline(true);
  await page.click("#f-kirim");
  await sees(page, /menunggu sinyal/, "left without signal");
  await page.click("footer button.quiet");
  await sees(page, /Anda belum keluar: tidak ada sinyal/, "left without signal");
  if (await page.locator("#kejadian").isVisible()) fault("left without signal", "the page stays open");
  if (!/sebelum/.test(await here(page))) fault("left without signal", "what was unsent is deleted before the logout");
  const sent = page.waitForResponse((answer) => answer.url().endsWith("/lapor/kejadian"), { timeout: 20000 });
  await context.setOffline(false);
  await page.waitForURL(/\/masuk\?keluar=1/, { timeout: 20000 }).catch(() => fault("left without signal", "the signal is back and the session stays open"));
  if ((await (await sent).status()) !== 200) fault("left without signal", "what waited was not sent before the logout");
  await page.goto(`${base}/lapor`);
  if (!/\/masuk/.test(page.url())) fault("left without signal", "the session is still open");
  if (await here(page)) fault("left without signal", `the browser keeps ${await here(page)}`);
  await context.close();
}

// A logout after the session ended keeps what is unsent until its owner has logged in, sends it and then logs out.
async function leftAfterTheSession(browser) {
  const context = await browser.newContext({ viewport: PHONE, locale: "id-ID" });
  let page = await login(context);
  page.on("dialog", (dialog) => dialog.accept());
  await fill(page, "sesudah sesi");
  await context.setOffline(true);
  await page.click("#f-kirim");
  await sees(page, /menunggu sinyal/, "left after the session");
  await context.clearCookies();
  await context.setOffline(false);
  await sees(page, /masuk lagi untuk mengirim/, "left after the session");
  await page.click("footer button.quiet");
  await sees(page, /Sesi Anda sudah berakhir, dan masih ada laporan/, "left after the session");
  if (!/sesudah/.test(await here(page))) fault("left after the session", "what was unsent is deleted");
  await Promise.all([page.waitForURL(/\/masuk\?next/), page.click("#keluar button")]);
  const sent = page.waitForResponse((answer) => answer.url().endsWith("/lapor/kejadian"), { timeout: 20000 });
  await page.fill('input[name="name"]', name);
  await page.fill('input[name="password"]', password);
  await Promise.all([page.waitForURL(/\/masuk\?keluar=1/, { timeout: 20000 }), page.click("main form button")]);
  if ((await (await sent).status()) !== 200) fault("left after the session", "what waited was not sent");
  if (await here(page)) fault("left after the session", `the browser keeps ${await here(page)}`);
  await page.close();
  // Where nothing waits, an ended session is left.
  page = await login(context);
  await context.clearCookies();
  await page.click("footer button.quiet");
  await page.waitForURL(/\/masuk\?keluar=1/, { timeout: 20000 }).catch(() => fault("left after the session", "it cannot be left"));
  await context.close();
}

// Another page of the service, opened on the way, loses nothing.
async function elsewhere(browser) {
  const context = await browser.newContext({ viewport: PHONE, locale: "id-ID" });
  const page = await login(context);
  await page.route("**/lapor/nihil", (route) => route.abort());
  await page.click("button.act");
  await sees(page, /menunggu sinyal/, "elsewhere");
  await page.goto(`${base}/peringatan`);
  await page.goto(`${base}/lapor`);
  await sees(page, /menunggu sinyal/, "elsewhere");
  await context.close();
}

mkdirSync(folder, { recursive: true });
const LAUNCH = {
  executablePath: process.env.KENTONGAN_CHROMIUM,
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"],
};
const browser = await chromium.launch(LAUNCH);
try {
  // A part that stops short is a fault of its own: the others are tried all the same.
  for (const part of [plain, weight, slowly, scripted, refused, corrected, halfTyped, other, leftWithoutSignal, leftAfterTheSession, elsewhere, shared, old, back]) {
    await part(browser).catch((error) => fault(part.name, error.message));
  }
} finally {
  await browser.close();
}
console.log(`${faults.length} faults`);
process.exit(faults.length > 0 ? 1 : 0);
