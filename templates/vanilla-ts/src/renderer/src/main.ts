import './styles.css';

const root = document.querySelector<HTMLDivElement>('#app')!;
root.innerHTML = `
  <header>
    <h1></h1>
    <p>Edit <code>src/renderer/src/main.ts</code> and save.</p>
  </header>
  <dl id="system"></dl>
  <button id="count" type="button"></button>
`;
root.querySelector('h1')!.textContent = document.title;

const button = root.querySelector<HTMLButtonElement>('#count')!;
let count = 0;
const show = (): void => {
  button.textContent = `Clicked ${count} times`;
};
button.addEventListener('click', () => {
  count += 1;
  show();
});
show();

const list = root.querySelector<HTMLDListElement>('#system')!;
for (const [name, value] of Object.entries(await window.api.system())) {
  const term = document.createElement('dt');
  const description = document.createElement('dd');
  term.textContent = name;
  description.textContent = String(value);
  list.append(term, description);
}
