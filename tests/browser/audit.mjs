// Opens pages in Chromium: audits each with axe-core, and goes through a form with scripts switched off.
// Input: JSON on stdin. Output: JSON on stdout.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const require = createRequire(`${process.env.BROWSER_PACKAGES}/`);
const puppeteer = require("puppeteer-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const asked = JSON.parse(readFileSync(0, "utf8"));

const browser = await puppeteer.launch({
  executablePath: asked.chromium,
  args: ["--no-sandbox", "--disable-gpu"],
});

async function audit({ url, width, dark }) {
  const page = await browser.newPage();
  const problems = [];
  page.on("console", (message) => {
    // A refusal of a page is shown with its status; the console repeats it.
    if (message.type() === "error" && !message.text().includes("status of")) problems.push(message.text());
  });
  await page.setViewport({ width, height: 900 });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }]);
  await page.goto(url, { waitUntil: "load" });
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  const overflows = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
  if (asked.screenshots) {
    const name = `${new URL(url).pathname.replaceAll("/", "_")}${dark ? "_dark" : ""}_${width}_${problems.length}`;
    await page.screenshot({ path: `${asked.screenshots}/${name}_${Date.now()}.png`, fullPage: true });
  }
  await page.close();
  const violations = found.violations.map((each) => `${each.id}: ${each.nodes.map((node) => node.html)}`);
  return { url, violations, overflows, problems, checks: found.passes.length };
}

async function walk({ url, steps }) {
  const page = await browser.newPage();
  await page.setJavaScriptEnabled(false);
  await page.goto(url, { waitUntil: "load" });
  for (const step of steps) {
    if (step.press === "Enter") {
      await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
    } else if (step.press) {
      await page.keyboard.press(step.press);
    } else {
      await page.keyboard.type(step.type);
    }
  }
  const shown = await page.content();
  await page.close();
  return { shown };
}

const audits = [];
for (const each of asked.audits ?? []) audits.push(await audit(each));
const walks = [];
for (const each of asked.walks ?? []) walks.push(await walk(each));
await browser.close();
process.stdout.write(JSON.stringify({ audits, walks }));
