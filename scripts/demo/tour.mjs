/*
 * The scripted tour of `npm run demo`: node tour.mjs ELECTRON-FOLDER KUBECTL OUTPUT-FOLDER. Drives the real app as a
 * person would, through its windows alone, and takes a picture at each stop.
 */
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openApp } from './driven-app.mjs';
import { findRecording, readOutput } from './recorded-session.mjs';

const [runtime = '', kubectl = '', output = ''] = process.argv.slice(2);
await mkdir(output, { recursive: true });
const home = process.env['HOME'] ?? '';
const app = await openApp({ runtime, kubectl, home });
const { window } = app;
const recordings = join(app.userData, 'recordings');
let stop = 0;

/** @param {string} name
 * @param {import('@playwright/test').Page} [page] */
async function picture(name, page = window) {
  stop += 1;
  // What slides in or fades has come to rest.
  await page.waitForTimeout(600);
  await page.screenshot({ path: join(output, `${String(stop).padStart(2, '0')}-${name}.png`) });
}

/** @param {string} text */
const say = (text) => console.log(`- ${text}`);

/** @param {string} name */
const openScreen = (name) => window.getByRole('navigation', { name: 'Screens' }).getByRole('button', { name }).click();

/** Types a line into the shell.
 * @param {string} line */
async function type(line) {
  await window.frameLocator('iframe[title^="Terminal on"]').first().locator('textarea').first().focus();
  await window.keyboard.type(line, { delay: 12 });
  await window.keyboard.press('Enter');
}

/** Waits until the shell's output, as it is being recorded, holds a text.
 * @param {RegExp} expected */
async function shellSaid(expected) {
  const deadline = Date.now() + 40_000;
  for (;;) {
    const said = await readOutput(recordings);
    const match = expected.exec(said);
    if (match) return match;
    if (Date.now() > deadline)
      throw new Error(`the shell did not print ${expected}; it printed:\n${said.slice(-2000)}`);
    await window.waitForTimeout(250);
  }
}

/** The panel with the request that waits, and the button that confirms it. */
async function waiting() {
  const panel = window.getByRole('region', { name: 'Waiting for you' });
  await panel.waitFor();
  return { panel, confirm: () => confirm(window.frameLocator('iframe[title="The request that waits"]')) };
}

/** Confirms a request in the document that shows it, after a look at it.
 * @param {import('@playwright/test').FrameLocator} request */
async function confirm(request) {
  await request.getByRole('button', { name: 'Approve once' }).hover();
  const note = request.getByLabel('Note for the journal (required)');
  if (await note.isVisible()) await note.fill('Agreed in the tour');
  await request.getByRole('button', { name: 'Approve once' }).click({ delay: 700 });
}

try {
  console.log(`the tour runs on Electron ${app.version}`);
  await window.getByRole('tab', { selected: true }).waitFor({ timeout: 60_000 });
  await shellSaid(/[$#>] /);
  say('the app opened a terminal on the demo cluster');
  const notices = window.getByRole('status', { name: 'Notices' });
  for (const hide of await notices.getByRole('button', { name: 'Hide' }).all()) await hide.click();

  await type('kubectl get pods --all-namespaces');
  await shellSaid(/NAMESPACE\s+NAME\s+READY/);
  await type('kubectl get secret payments-db -n payments -o yaml');
  await shellSaid(/kind: Secret/);
  const masked = await readOutput(recordings);
  if (/(?:dlQ5LWRlbW8|vT9-demo)/.test(masked)) throw new Error('a Secret value reached the terminal in clear');
  await picture('terminal-masked-secret');
  say('kubectl get secret -o yaml shows the keys of payments-db, and masks in place of their values');

  await type('kubectl get pods -n payments --as=system:serviceaccount:ci:oakline-deployer');
  const impersonation = await waiting();
  await picture('approval-impersonation');
  await impersonation.confirm();
  await impersonation.panel.waitFor({ state: 'hidden' });
  await shellSaid(/oakline-deployer[\s\S]*(NAME\s+READY|Forbidden)/);
  await picture('terminal-after-approval');
  say('kubectl --as waited until the request was confirmed in the app, then ran once');

  await openScreen('Secrets');
  await window
    .getByRole('grid', { name: 'Secrets' })
    .getByRole('row', { name: /payments-db/ })
    .click();
  const secret = window.frameLocator('iframe[title^="Secret "]');
  await secret.getByRole('button', { name: /^Reveal password/ }).waitFor();
  await picture('secrets');
  await secret.getByRole('button', { name: /^Reveal password/ }).click();
  await secret.getByLabel('Why do you need password?').fill('Rotating the ledger password');
  await secret.getByRole('button', { name: 'Ask to reveal' }).click();
  await secret.getByRole('button', { name: 'Approve once' }).waitFor();
  await picture('secret-reveal-waits');
  await confirm(secret);
  await secret.getByRole('region', { name: 'Value of password' }).waitFor();
  await picture('secret-revealed');
  say('one key was revealed for a short time, after a reason and a confirmation');
  await secret.getByRole('button', { name: 'Hide' }).click();

  for (const screen of ['Approvals', 'Activity', 'Clusters', 'Settings']) {
    await openScreen(screen);
    await window.getByRole('heading', { name: screen }).first().waitFor();
    await picture(screen.toLowerCase());
    say(`the ${screen} screen`);
  }

  await openScreen('Terminal');
  await type('exit');
  await openScreen('Recordings');
  await window.getByRole('grid', { name: 'Recordings' }).getByRole('row').nth(1).click();
  const opening = app.nextWindow();
  await window.getByRole('button', { name: 'Play' }).click();
  await picture('recordings');
  const player = await opening;
  await player.getByRole('region', { name: 'API requests' }).getByRole('button').first().waitFor();
  const requests = await player.getByRole('region', { name: 'API requests' }).getByRole('button').count();
  await player.getByRole('region', { name: 'API requests' }).getByRole('button').nth(1).click();
  await player.waitForTimeout(1_500);
  await picture('replay', player);
  say(`the session replays beside its ${requests} API requests`);

  await copyFile(await findRecording(recordings), join(output, 'session.cast'));
  for (const problem of app.problems) say(`a window complained: ${problem}`);
  if (app.problems.length > 0) process.exitCode = 1;
} catch (error) {
  await picture('where-it-stopped').catch(() => {});
  console.log(app.log().slice(-4000));
  console.log(`the tour stopped: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
} finally {
  await app.close();
}
