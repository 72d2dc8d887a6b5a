/**
 * `ipcMain`.
 */
import { IpcMainImpl } from '../ipc-main-impl.js';

export const ipcMain = new IpcMainImpl();
