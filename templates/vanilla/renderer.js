// The page's script: an ordinary web page, with the functions that the preload put on `window.sample`.

/** An element that index.html has. @param {string} id @returns {HTMLElement} */
const element = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** Shows terms with their descriptions. @param {HTMLElement} list @param {Record<string, string>} entries */
function fill(list, entries) {
  list.replaceChildren(
    ...Object.entries(entries).flatMap(([term, description]) => {
      const dt = document.createElement('dt');
      const dd = document.createElement('dd');
      dt.textContent = term;
      dd.textContent = description;
      return [dt, dd];
    }),
  );
}

async function showSystem() {
  const { host, system, cores, memory, uptime } = await window.sample.system();
  fill(element('system'), {
    Host: host,
    System: system,
    Machine: `${cores} cores, ${(memory / 2 ** 30).toFixed(1)} GB`,
    'Up for': `${(uptime / 1000).toFixed(1)} s`,
  });
}

async function measure() {
  const calls = 200;
  const start = performance.now();
  for (let call = 0; call < calls; call += 1) await window.sample.echo(call);
  const each = (performance.now() - start) / calls;
  element('trip').textContent = `${Math.round(each * 1000)} \u00b5s`;
}

let count = 0;

/** @param {number} by */
function step(by) {
  count += by;
  element('count').textContent = String(count);
}

const { versions, platform } = window.sample;
fill(element('versions'), { Electron: versions.electron, Node: versions.node, V8: versions.v8, Platform: platform });
element('more').addEventListener('click', () => step(1));
element('less').addEventListener('click', () => step(-1));
element('measure').addEventListener('click', measure);

showSystem();
setInterval(showSystem, 5000);
// Not at once: until the page stands, layout and the engine's own start-up would be measured.
setTimeout(measure, 500);
window.sample.listFiles().then((files) => {
  element('files').textContent = files.join(', ');
});
