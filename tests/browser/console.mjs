// Walks through the console in a real Chromium; says "done" and ends with 0 when everything is as it should be.
// Environment: IRORI_URL, IRORI_EMAIL, IRORI_PASSWORD (an operator's), IRORI_FRIEND (somebody with the same password), IRORI_EMPTY (his home without devices), and of his other home IRORI_HOME the devices:
// IRORI_SWITCH obeys and can be dimmed, IRORI_DEAF is offline, IRORI_METER reports a changing number by itself. IRORI_SHOTS: a folder for screenshots, or nothing. CHROMIUM: the browser.
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

const need = (name) => process.env[name] ?? assert.fail(`${name} is not set`);
const url = need('IRORI_URL').replace(/\/$/, '');
const shots = process.env.IRORI_SHOTS;
const SHOWN = ['home', 'device', 'inspect'];
const NAMED = new Set(['button', 'link', 'textbox', 'searchbox', 'combobox', 'checkbox', 'switch', 'slider', 'radio', 'radiogroup', 'tab', 'menuitem']);
const SIZES = { phone: [390, 844], desktop: [1280, 800], narrow: [360, 740] };

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
    '--disable-sync',
  ],
});
try {
  for (const [size, [width, height]] of Object.entries(SIZES)) {
    for (const scheme of ['light', 'dark']) await walk(`${size} ${scheme}`, width, height, scheme, size);
  }
} finally {
  await browser.close();
}
console.log('done');

async function walk(name, width, height, scheme, size) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme, reducedMotion: 'reduce', locale: 'en-GB' });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  const troubles = [];
  const expected = [];
  page.on('pageerror', (e) => troubles.push(String(e)));
  page.on('request', (r) => r.url().startsWith(url) || r.url().startsWith('data:') || troubles.push(`asked ${r.url()}`));
  page.on('console', (m) => {
    // The browser notes every refused request as an error; those that the walk provokes are no trouble.
    const provoked = expected.findIndex((e) => m.text().includes(`status of ${e}`));
    if (provoked >= 0) expected.splice(provoked, 1);
    else if (['error', 'warning'].includes(m.type())) troubles.push(m.text());
  });
  const check = async (what) => {
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth), false, `${name}: ${what} scrolls sideways`);
    await named(context, page, `${name}: ${what}`);
    if (shots && SHOWN.includes(what) && size !== 'narrow') await page.screenshot({ path: `${shots}/console-${what}-${size}-${scheme}.png` });
  };

  expected.push(401);
  await page.goto(`${url}/console/`);
  await page.getByLabel('E-mail or phone number').fill(need('IRORI_EMAIL'));
  await page.getByRole('textbox', { name: 'Password' }).fill('wrong');
  expected.push(401);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('alert').filter({ hasText: 'Login or password is wrong.' }).waitFor();
  await check('sign-in');
  await page.getByRole('textbox', { name: 'Password' }).fill(need('IRORI_PASSWORD'));
  await page.keyboard.press('Enter');

  const card = (device) => page.getByRole('article', { name: device, exact: true });
  const obedient = card(need('IRORI_SWITCH'));
  await obedient.getByText('Online').waitFor();
  await card(need('IRORI_DEAF')).getByText('Offline').waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.dataset.mantineColorScheme), scheme, `${name}: the colours are the system's`);
  await check('home');
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Skip to content', `${name}: the first stop skips the header`);

  // A switch, by keyboard: what was asked is shown as pending, the device obeys, and another reader sees it.
  const toggle = obedient.getByRole('switch');
  const was = await toggle.isChecked();
  const held = await hold(page, '**/command');
  await toggle.focus();
  await page.keyboard.press('Space');
  await obedient.getByText('Waiting for the device…').waitFor();
  assert.equal(await toggle.getAttribute('aria-busy'), 'true', `${name}: the switch is pending`);
  assert.equal(await toggle.isChecked(), !was, `${name}: the switch shows what was asked`);
  held.release();
  await settled(toggle, !was, `${name}: the switch`);
  await page.reload();
  await settled(toggle, !was, `${name}: the switch after a reload`);

  // A dimmer, by keyboard.
  const slider = obedient.getByRole('slider');
  const bright = Number(await slider.getAttribute('aria-valuenow'));
  await Promise.all([page.waitForResponse((r) => r.url().endsWith('/command')), slider.press(bright > 50 ? 'ArrowLeft' : 'ArrowRight')]);
  await page.reload();
  await until(async () => Math.abs(Number(await slider.getAttribute('aria-valuenow')) - bright) === 1, `${name}: the lamp is dimmed`);

  // A device that is offline says so, the switch goes back, and nothing jumps.
  const deaf = card(need('IRORI_DEAF'));
  const before = await deaf.boundingBox();
  const stays = await deaf.getByRole('switch').isChecked();
  expected.push(409);
  await deaf.getByRole('switch').press('Space');
  await deaf.getByRole('alert').filter({ hasText: 'The device is offline.' }).waitFor();
  await settled(deaf.getByRole('switch'), stays, `${name}: the offline switch`);
  assert.deepEqual(await deaf.boundingBox(), before, `${name}: the card keeps its place`);

  // A device changes by itself.
  const meter = card(need('IRORI_METER'));
  await changes(meter.locator('[data-property]').first(), `${name}: the meter`);

  // Its page: the plot, and the same as a table.
  await meter.getByRole('link').click();
  await page.getByRole('heading', { level: 1, name: need('IRORI_METER') }).waitFor();
  for (const range of ['7 d', '24 h', '1 h']) {
    await page.getByText(range, { exact: true }).click();
    await page.getByRole('img', { name: `over the last ${range}` }).waitFor();
  }
  await page.getByText('24 h', { exact: true }).click();
  await page.getByRole('img', { name: 'over the last 24 h' }).waitFor();
  const drawn = await page.locator('.plot canvas').evaluate((c) => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some((v) => v !== 0));
  assert.ok(drawn, `${name}: the plot is drawn`);
  await changes(page.locator('dd[data-property]').first(), `${name}: the meter's page`);
  await check('device');
  await page.getByText('Table', { exact: true }).click();
  await page.getByRole('table').waitFor();
  assert.ok((await page.getByRole('row').count()) > 2, `${name}: the table has rows`);
  await check('table');

  // A switch was on and off: drawn as steps.
  await page.goBack();
  await obedient.getByRole('link').click();
  await page.getByLabel('Property').selectOption({ label: 'Power' });
  await page.getByRole('img', { name: /^Power over the last 1 h: \d+ values, last O/ }).waitFor();
  await check('steps');

  // The home is shared with somebody, who accepts, uses it and leaves.
  await open(page, 'Home', need('IRORI_HOME'));
  const members = page.getByRole('region', { name: 'Members' });
  await members.getByText('Only you use this home.').waitFor();
  await members.getByLabel('Invite somebody').fill('nobody@example.com');
  expected.push(404);
  await members.getByRole('button', { name: 'Invite', exact: true }).click();
  await members.getByRole('alert').filter({ hasText: 'does not exist' }).waitFor();
  await members.getByLabel('Invite somebody').fill(need('IRORI_FRIEND'));
  await page.keyboard.press('Enter');
  await members.getByRole('listitem').filter({ hasText: 'Invited until' }).waitFor();
  await check('members');
  await visit(width, height, scheme, `${name}: the friend`);
  await page.reload();
  await members.getByText('Only you use this home.').waitFor();

  // A home without devices says so.
  await page.getByLabel('Home', { exact: true }).selectOption({ label: need('IRORI_EMPTY') });
  await page.getByRole('heading', { level: 1, name: need('IRORI_EMPTY') }).waitFor();
  await page.getByText('There is no device in this home yet').waitFor();

  // What operators see.
  await open(page, 'Find a device');
  await page.getByRole('searchbox').fill(need('IRORI_SWITCH').slice(0, 4).toLowerCase());
  await page.getByRole('listitem').filter({ hasText: need('IRORI_SWITCH') }).getByRole('link').click();
  await page.getByRole('region', { name: 'Facts' }).waitFor();
  await check('inspect');
  await page.getByRole('tab', { name: 'Commands' }).click();
  await page.getByText('acknowledged').first().waitFor();
  await page.getByRole('tab', { name: 'Presence' }).click();
  await page.getByText('online').first().waitFor();
  // Firmware is released from files, and taken back.
  await open(page, 'Firmware');
  await page.getByLabel('Model').fill('PSF-B01-GL');
  await page.getByLabel('Version').fill(`1.${Object.keys(SIZES).indexOf(size)}.${scheme === 'light' ? 0 : 1}`);
  await page.locator('input[type=file]').setInputFiles({ name: 'user1.bin', mimeType: 'application/octet-stream', buffer: Buffer.alloc(100_000, name) });
  await check('firmware');
  await page.getByRole('button', { name: 'Release' }).click();
  await page.getByRole('article', { name: /^PSF-B01-GL/ }).getByText('user1.bin, 100000 bytes').waitFor();
  await page.getByRole('button', { name: /^Take back PSF-B01-GL/ }).click();
  await page.getByText('No firmware is released yet').waitFor();

  // Where OAuth leads people back.
  await open(page, 'Apps');
  const phone = page.getByRole('article', { name: 'App phone' });
  await phone.getByLabel(/^Address to which phone/).fill('https://app.example.com/back#x');
  expected.push(400);
  await phone.getByRole('button', { name: 'Add' }).click();
  await phone.getByRole('alert').filter({ hasText: 'no absolute address without a fragment' }).waitFor();
  await phone.getByLabel(/^Address to which phone/).fill('https://app.example.com/back');
  await phone.getByRole('button', { name: 'Add' }).click();
  await phone.getByText('https://app.example.com/back', { exact: true }).waitFor();
  await check('apps');
  await phone.getByRole('button', { name: 'Remove https://app.example.com/back' }).click();
  await phone.getByText('https://app.example.com/back', { exact: true }).waitFor({ state: 'detached' });
  await open(page, 'Outbox');
  await page.getByRole('article').first().waitFor();
  await check('outbox');

  // The other colours, and out.
  const colours = page.getByRole('button', { name: /^Colours/ });
  const other = scheme === 'light' ? 'dark' : 'light';
  for (let i = 0; i < 3 && (await page.evaluate(() => document.documentElement.dataset.mantineColorScheme)) !== other; i++) await colours.click();
  assert.equal(await page.evaluate(() => document.documentElement.dataset.mantineColorScheme), other, `${name}: the colours can be changed`);
  await page.getByRole('button', { name: 'Menu' }).click();
  expected.push(401);
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign in' }).waitFor();

  // A session that ends elsewhere ends here too.
  await page.getByLabel('E-mail or phone number').fill(need('IRORI_EMAIL'));
  await page.getByRole('textbox', { name: 'Password' }).fill(need('IRORI_PASSWORD'));
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Menu' }).waitFor();
  expected.push(401);
  await page.evaluate(() => fetch('/console/api/session', { method: 'DELETE', headers: { 'Content-Type': 'application/json', 'X-Irori-Console': '1' } }));
  await page.getByRole('button', { name: 'Sign in' }).waitFor();

  assert.deepEqual(troubles, [], `${name}: the browser complains`);
  await context.close();
  console.log(`${name}: good`);
}

// Somebody who is invited: he accepts, switches a lamp of the owner's and leaves.
async function visit(width, height, scheme, name) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme, reducedMotion: 'reduce', locale: 'en-GB' });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  await page.goto(`${url}/console/`);
  await page.getByLabel('E-mail or phone number').fill(need('IRORI_FRIEND'));
  await page.getByRole('textbox', { name: 'Password' }).fill(need('IRORI_PASSWORD'));
  await page.keyboard.press('Enter');
  const invitation = page.getByRole('group', { name: `Invitation to ${need('IRORI_HOME')}` });
  await invitation.waitFor();
  await named(context, page, `${name}: the invitation`);
  await invitation.getByRole('button', { name: 'Accept' }).click();
  await page.getByLabel('Home', { exact: true }).selectOption({ label: `${need('IRORI_HOME')} (shared)` });
  await page.getByRole('heading', { level: 1, name: need('IRORI_HOME') }).waitFor();
  const toggle = page.getByRole('article', { name: need('IRORI_SWITCH'), exact: true }).getByRole('switch');
  const was = await toggle.isChecked();
  await toggle.press('Space');
  await settled(toggle, !was, `${name}: the switch`);
  const members = page.getByRole('region', { name: 'Members' });
  await members.getByText(`This home belongs to`).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth), false, `${name} scrolls sideways`);
  await named(context, page, name);
  await members.getByRole('button', { name: `Leave ${need('IRORI_HOME')}` }).click();
  await members.getByRole('button', { name: `Yes, leave ${need('IRORI_HOME')}` }).click();
  await until(async () => (await page.getByRole('heading', { level: 1, name: need('IRORI_HOME') }).count()) === 0, `${name} has left`);
  await context.close();
}

// Keeps the next request waiting until it is released.
async function hold(page, pattern) {
  let release;
  const gate = new Promise((resolve) => (release = resolve));
  await page.route(pattern, (route) => gate.then(() => route.continue()), { times: 1 });
  return { release };
}

async function open(page, title, heading = title) {
  const link = page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: title });
  if (await link.isVisible()) {
    await link.click();
  } else {
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByRole('menuitem', { name: title }).click();
  }
  await page.getByRole('heading', { level: 1, name: heading }).waitFor();
}

// The control shows the value, and no longer as pending.
async function settled(toggle, checked, what) {
  await until(async () => (await toggle.isChecked()) === checked && (await toggle.getAttribute('aria-busy')) === 'false', `${what} shows ${checked}`);
}

async function changes(element, what) {
  const was = await element.textContent();
  await until(async () => (await element.textContent()) !== was, `${what} changes`);
}

async function until(holds, what) {
  const end = Date.now() + 15_000;
  while (!(await holds())) {
    assert.ok(Date.now() < end, what);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

// Everything that can be used has a name for a screen reader.
async function named(context, page, what) {
  const session = await context.newCDPSession(page);
  const { nodes } = await session.send('Accessibility.getFullAXTree');
  const nameless = nodes.filter((n) => !n.ignored && NAMED.has(n.role?.value) && !n.name?.value?.trim()).map((n) => n.role.value);
  await session.detach();
  assert.deepEqual(nameless, [], `${what} has controls without a name`);
}
