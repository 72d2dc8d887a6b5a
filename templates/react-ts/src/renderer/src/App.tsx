import { useEffect, useState } from 'react';

import type { SystemInfo } from '../../shared/api';

export function App() {
  const [info, setInfo] = useState<SystemInfo>();
  const [count, setCount] = useState(0);

  useEffect(() => {
    window.api.system().then(setInfo);
  }, []);

  return (
    <>
      <header>
        <h1>{document.title}</h1>
        <p>
          Edit <code>src/renderer/src/App.tsx</code> and save.
        </p>
      </header>
      <dl id="system">
        {Object.entries(info ?? {}).map(([name, value]) => [
          <dt key={name}>{name}</dt>,
          <dd key={`${name}-value`}>{value}</dd>,
        ])}
      </dl>
      <button id="count" type="button" onClick={() => setCount(count + 1)}>
        Clicked {count} times
      </button>
    </>
  );
}
