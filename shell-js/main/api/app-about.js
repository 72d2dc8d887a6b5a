/**
 * The about panel: `app.setAboutPanelOptions`, `app.showAboutPanel`, and with it the menu role `about`.
 */
import { peers } from '../object-registry.js';
import { conversionError } from './arguments.js';

/** Side of the icon, as in Electron on Linux. */
const ICON_SIZE = 64;
const TEXTS = ['applicationName', 'applicationVersion', 'copyright', 'credits', 'iconPath', 'version', 'website'];

/** @param {string} path @returns {any} the icon in its size, or nothing: an about panel is shown without its icon, too */
function iconOf(path) {
  const image = peers.nativeImage.nativeImage.createFromPath(path);
  if (image.isEmpty()) return null;
  const { width, height } = image.getSize();
  return image.resize(width > height ? { width: ICON_SIZE } : { height: ICON_SIZE });
}

/**
 * @param {any} app
 */
export function aboutMembers(app) {
  /** @type {Record<string, any>} */
  let options = {};

  return {
    /** @param {Record<string, any>} given */
    setAboutPanelOptions(given) {
      if (typeof given !== 'object' || given === null) throw conversionError(0, given);
      for (const name of TEXTS) {
        if (given[name] != null && typeof given[name] !== 'string') throw conversionError(0, given);
      }
      options = { ...given };
    },

    showAboutPanel() {
      const name = options.applicationName ?? app.getName();
      const version = options.applicationVersion ?? app.getVersion();
      const authors = Array.isArray(options.authors) ? options.authors.join('\n') : '';
      const build = options.version ? `Build ${options.version}` : '';
      const lines = [version && `Version ${version}`, build, options.copyright, options.credits, authors, options.website];
      // The panel stays open beside the app; nobody waits for it.
      void peers.dialog.showMessageBox({
        title: `About ${name}`,
        message: name,
        detail: lines.filter(Boolean).join('\n\n'),
        buttons: ['Close'],
        icon: options.iconPath ? iconOf(options.iconPath) : null,
      });
    },
  };
}
