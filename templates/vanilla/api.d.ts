/** What the main script knows about the machine. */
interface SystemInfo {
  host: string;
  system: string;
  cores: number;
  memory: number;
  /** Milliseconds since the app was started. */
  uptime: number;
}

/** What the preload puts on `window.sample`. */
interface SampleApi {
  versions: Record<'electron' | 'node' | 'v8', string>;
  platform: string;
  system(): Promise<SystemInfo>;
  echo<T>(value: T): Promise<T>;
  listFiles(): Promise<string[]>;
}

interface Window {
  sample: SampleApi;
}
