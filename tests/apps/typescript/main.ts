import { app, BrowserWindow } from 'electron';
import type { Event } from 'electron';
import { describe, type Shape } from './shape.ts';

interface Line {
  event: string;
  [field: string]: unknown;
}

enum Step {
  Start = 1,
  Loaded,
}

const say = (line: Line): void => console.log(JSON.stringify(line));
const square = { kind: 'square', size: 3 } satisfies Shape;

say({ event: 'main', step: Step.Start, shape: describe(square) });

app.on('quit', (_event: Event, code: number) => say({ event: 'quit', code }));
app.whenReady().then(async () => {
  const window: BrowserWindow = new BrowserWindow({ width: 400, height: 300 });
  await window.loadURL('data:text/html,typescript');
  say({ event: 'loaded', step: Step.Loaded as number });
  app.quit();
});
