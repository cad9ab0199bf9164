import { call, follow, signIn } from './api.js';
import { describe } from './entries.js';

const keptRows = 1000;
const byId = (id) => document.getElementById(id);
const filters = byId('filters');
let stream = new AbortController();
let logStream = new AbortController();
let lastSeen = 0;
let paused = false;

start();

async function start() {
  if (!(await signIn())) {
    say('This link was used before, or belongs to another run. Run "brickbox status" for a fresh one.');
    byId('summary').textContent = 'Not connected';
    return;
  }
  try {
    await refresh(true);
  } catch (error) {
    say(error.message);
    byId('summary').textContent = 'Not connected';
    return;
  }
  listen();
  loadCoverage();
  openJournal();
}

function listen() {
  byId('reset').addEventListener('click', () => {
    act('The world is back at its seed.', () => call('POST', 'v1/reset'));
  });
  for (const button of document.querySelectorAll('[data-advance]')) {
    button.addEventListener('click', () => {
      const milliseconds = Number(button.dataset.advance) * 1000;
      act('The clock moved; sessions and tokens expire by it.', () =>
        call('POST', 'v1/clock/advance', { milliseconds }),
      );
    });
  }
  byId('pause').addEventListener('click', (event) => {
    paused = !paused;
    event.target.setAttribute('aria-pressed', String(paused));
    if (paused) stream.abort();
    else openJournal();
  });
  filters.addEventListener('change', () => {
    if (!paused) openJournal();
  });
  setInterval(() => refresh(false).catch(() => {}), 3000);
}

async function act(done, work) {
  try {
    await work();
    say(done);
  } catch (error) {
    say(error.message);
  }
  await refresh(false).catch(() => {});
}

async function refresh(first) {
  const status = await call('GET', 'v1/status');
  const { findings, clock } = status;
  const ahead = clock.offset > 0 ? `, clock ${readable(clock.offset)} ahead` : '';
  byId('summary').textContent =
    `Workspace ${status.workspace_url}, egress ${status.egress_mode}${ahead}. ` +
    `Findings: ${findings.leak} leak, ${findings.warning} warning, ${findings.info} info. ` +
    (status.loosened.length > 0 ? `Loosened: ${status.loosened.join(', ')}.` : 'Every check is on.');
  showApps(status.apps);
  if (first) {
    showPersonas(status.personas);
    fill(
      filters.elements.persona,
      status.personas.map(({ alias }) => alias),
    );
    fill(
      filters.elements.app,
      status.apps.map(({ name }) => name),
    );
  }
  byId('dropped').hidden = status.journal.dropped === 0;
  byId('dropped').textContent = `${status.journal.dropped} older entries were dropped to stay within bounds.`;
}

function showApps(apps) {
  const place = byId('apps');
  const known = [...place.children].map((row) => row.dataset.app).join();
  if (known !== apps.map(({ name }) => name).join()) place.replaceChildren(...apps.map(appRow));
  for (const [index, app] of apps.entries()) {
    const state = place.children[index].querySelector('.state');
    if (state.textContent !== app.state) state.textContent = app.state;
  }
  if (apps.length === 0) place.replaceChildren(element('p', 'No apps in this sandbox.', 'hint'));
}

function appRow(app) {
  const row = element('div', '', 'app');
  row.dataset.app = app.name;
  const link = element('a', app.url);
  link.href = app.url;
  link.target = '_blank';
  link.rel = 'noreferrer';
  const scopes = element('span', `scopes: ${app.scopes.join(' ') || 'none'}`, 'quiet');
  row.append(element('strong', app.name), element('span', app.state, 'state'), link, scopes);
  for (const action of ['restart', 'stop', 'start']) {
    row.append(
      button(action, `${action} ${app.name}`, () =>
        act(`${app.name}: ${action} done.`, () =>
          call('POST', `v1/apps/${encodeURIComponent(app.name)}/${action}`),
        ),
      ),
    );
  }
  row.append(button('logs', `logs of ${app.name}`, () => openLogs(app.name)));
  return row;
}

function showPersonas(personas) {
  byId('personas').replaceChildren(
    ...personas.map(({ alias, user_name, groups, sees }) =>
      tableRow([alias, user_name, groups.join(', '), sees ?? '']),
    ),
  );
}

function openLogs(app) {
  logStream.abort();
  logStream = new AbortController();
  byId('logs-section').hidden = false;
  byId('logs-title').textContent = `Logs of ${app}`;
  const box = byId('logs');
  box.textContent = '';
  follow(
    `v1/apps/${encodeURIComponent(app)}/logs?follow=true&limit=200`,
    ({ source, message }) => {
      const atEnd = box.scrollTop + box.clientHeight >= box.scrollHeight - 4;
      box.append(`${source.padEnd(6)} ${message}\n`);
      if (atEnd) box.scrollTop = box.scrollHeight;
    },
    () => {
      box.append('(the stream ended)\n');
    },
    logStream.signal,
  );
}

function openJournal() {
  stream.abort();
  stream = new AbortController();
  byId('entries').replaceChildren();
  lastSeen = 0;
  continueJournal();
}

function continueJournal() {
  const { signal } = stream;
  const query = new URLSearchParams({ follow: 'true', limit: '300', after: String(lastSeen) });
  for (const name of ['persona', 'app', 'kinds']) {
    if (filters.elements[name].value) query.set(name, filters.elements[name].value);
  }
  const again = () => setTimeout(() => !signal.aborted && continueJournal(), 1000);
  follow(`v1/journal?${query}`, show, again, signal);
}

function show(entry) {
  lastSeen = entry.seq;
  const { who, what, outcome, why, refused } = describe(entry);
  if (filters.elements.denied.checked && !refused) return;
  const time = new Date(entry.at).toISOString().slice(11, 23);
  const row = tableRow([entry.seq, time, entry.kind, who, what, outcome]);
  row.classList.toggle('refused', refused);
  row.children[4].classList.add('what');
  if (why) row.children[5].append(element('span', why, 'why'));
  const rows = byId('entries');
  rows.prepend(row);
  if (rows.children.length > keptRows) rows.lastElementChild.remove();
}

async function loadCoverage() {
  try {
    const { operations } = await call('GET', 'v1/coverage');
    const counts = new Map();
    for (const { grade } of operations) counts.set(grade, (counts.get(grade) ?? 0) + 1);
    const text = [...counts].map(([grade, count]) => `${count} ${grade}`).join(', ');
    byId('coverage').textContent = `${operations.length} operations known: ${text}.`;
  } catch (error) {
    byId('coverage').textContent = error.message;
  }
}

function say(text) {
  byId('message').textContent = text;
}

function fill(select, names) {
  select.append(...names.map((name) => new Option(name, name)));
}

function tableRow(cells) {
  const row = document.createElement('tr');
  row.append(...cells.map((cell) => element('td', String(cell))));
  return row;
}

function button(text, label, onClick) {
  const made = element('button', text);
  made.type = 'button';
  made.setAttribute('aria-label', label);
  made.addEventListener('click', onClick);
  return made;
}

function element(name, text, className) {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

function readable(milliseconds) {
  const minutes = Math.round(milliseconds / 60_000);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 6) / 10} h`;
}
