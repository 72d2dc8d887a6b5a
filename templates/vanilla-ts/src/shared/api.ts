/** What the main process knows about the machine. */
export interface SystemInfo {
  platform: string;
  electron: string;
  node: string;
  cores: number;
  memory: string;
}

/** What the preload puts on `window.api`. */
export interface Api {
  system(): Promise<SystemInfo>;
}
