// Looks at pages in Chromium and prints what it measured; TAP.
//
//   node check.mjs FILE.html ...
//
// It needs chromium, pdfinfo and pdftotext, and from npm puppeteer-core,
// axe-core and html-validate, found from $SMP_NODE (a directory with
// node_modules). FILE.txt beside FILE.html is the checklist whose words the
// page and its PDF have.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const need = createRequire(join(resolve(process.env.SMP_NODE ?? '.'), 'x'));
const puppeteer = need('puppeteer-core');
const { HtmlValidate } = need('html-validate');
const axe = readFileSync(need.resolve('axe-core/axe.min.js'), 'utf8');
const chromium = process.env.CHROMIUM ?? 'chromium';
const tmp = mkdtempSync(join(tmpdir(), 'pages-'));
const tight = s => s.normalize('NFC').replace(/\u2019/g, "'").replace(/[\s\u00a0-]+/g, '').toLowerCase();
let count = 0, failed = 0;

function say(good, name, what, found) {
  count++;
  if (!good) failed++;
  console.log(`${good ? 'ok' : 'not ok'} ${count} - ${name}: ${what}: ${String(found).replace(/\n/g, ' ').slice(0, 900)}`);
}

// The sentences of a checklist, the words of its verbs left out.
function sentences(text) {
  const found = [];
  for (const line of text.split('\n')) {
    const indent = line.length - line.trimStart().length;
    const item = /^ {4}\S+ +(.*)/.exec(line);
    if (item) found.push(item[1]);
    else if (indent > 4 && found.length) found[found.length - 1] += ' ' + line.trim();
    else found.push('');
  }
  return found.filter(Boolean);
}

const validator = new HtmlValidate({ extends: ['html-validate:standard', 'html-validate:a11y', 'html-validate:document'] });
const browser = await puppeteer.launch({ executablePath: execFileSync('sh', ['-c', `command -v ${chromium}`], { encoding: 'utf8' }).trim(), args: ['--no-sandbox', '--disable-gpu'] });
for (const file of process.argv.slice(2)) {
  const name = basename(file), url = pathToFileURL(resolve(file)).href;
  const html = readFileSync(file, 'utf8');
  const report = await validator.validateString(html);
  say(report.valid && !report.warningCount, name, 'html-validate', report.results.flatMap(r => r.messages).slice(0, 4).map(m => `${m.line}: ${m.ruleId}: ${m.message}`).join('; ') || 0);

  const page = await browser.newPage(), asked = [], wrong = [];
  page.on('request', r => { if (r.url() !== url) asked.push(r.url()); });
  await page.goto(url);
  await page.evaluate(axe);
  for (const scheme of ['light', 'dark'])
    for (const width of [320, 360, 768, 1280]) {
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
      await page.setViewport({ width, height: 800 });
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (over > 0) wrong.push(`overflow of ${over} at ${width}`);
      const small = await page.evaluate(() => [...document.querySelectorAll('a[href], summary')].filter(a => a.getBoundingClientRect().height < 44).length);
      if (small) wrong.push(`${small} targets under 44 px at ${width}`);
      const r = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
      wrong.push(...r.violations.map(v => `${v.id} (${width}, ${scheme}) ${v.nodes[0].html.slice(0, 80)}`));
    }
  say(!wrong.length, name, 'axe, overflow, small targets (4 widths, light and dark)', wrong.join('; ') || 0);
  say(!asked.length, name, 'requests', asked.length);

  // on paper
  const sessions = await page.evaluate(() => document.querySelectorAll('.session').length);
  const series = await page.evaluate(() => document.querySelectorAll('.series').length);
  await page.emulateMediaType('print');
  const least = await page.evaluate(() => {
    let least = 99;
    for (const e of document.querySelectorAll('body *')) {
      if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) || !e.getClientRects().length) continue;
      const svg = e.ownerSVGElement;
      if (svg && e.tagName !== 'text') continue;
      const scale = svg ? svg.getBoundingClientRect().width / svg.viewBox.baseVal.width : 1;
      least = Math.min(least, parseFloat(getComputedStyle(e).fontSize) * scale * 0.75);
    }
    return least;
  });
  await page.emulateMediaType(null);
  const said = existsSync(file.replace(/html$/, 'txt')) ? sentences(readFileSync(file.replace(/html$/, 'txt'), 'utf8')) : [];
  for (const format of ['a4', 'letter']) {
    const pdf = join(tmp, `${name}-${format}.pdf`);
    await page.pdf({ path: pdf, format, preferCSSPageSize: true });
    const n = +/Pages:\s+(\d+)/.exec(execFileSync('pdfinfo', [pdf], { encoding: 'utf8' }))[1];
    const most = Math.max(1, 2 * sessions + series);
    say(n <= most, name, `pages printed, ${format}`, `${n} of at most ${most}`);
    const words = tight(execFileSync('pdftotext', ['-raw', pdf, '-'], { encoding: 'utf8' }));
    const lost = said.filter(s => !words.includes(tight(s)));
    if (said.length) say(!lost.length, name, `the words of the checklist in the PDF, ${format}`, `${said.length - lost.length} of ${said.length} ${lost[0] ?? ''}`);
  }
  say(least >= 9.99, name, 'smallest type on paper, points', least.toFixed(2));
  await page.close();
}
await browser.close();
console.log(`1..${count}`);
process.exit(failed ? 1 : 0);
