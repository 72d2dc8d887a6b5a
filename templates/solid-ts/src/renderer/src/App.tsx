import { createResource, createSignal, For } from 'solid-js';

export function App() {
  const [info] = createResource(() => window.api.system());
  const [count, setCount] = createSignal(0);

  return (
    <>
      <header>
        <h1>{document.title}</h1>
        <p>
          Edit <code>src/renderer/src/App.tsx</code> and save.
        </p>
      </header>
      <dl id="system">
        <For each={Object.entries(info() ?? {})}>
          {([name, value]) => (
            <>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </>
          )}
        </For>
      </dl>
      <button id="count" type="button" onClick={() => setCount(count() + 1)}>
        Clicked {count()} times
      </button>
    </>
  );
}
