import { closeSync, constants, openSync } from 'node:fs';

/** Milliseconds after which a terminal that closes is surely gone: its programs hear of it a moment before. */
const A_MOMENT = 100;

/** What SIGHUP asks for. */
export interface HangUp {
  /** To be called for each SIGHUP. */
  asked(): void;
  /** From now on a SIGHUP that is no hang-up calls this. */
  onReload(reload: () => void): void;
}

/**
 * SIGHUP has two meanings. To a daemon it says: read your files anew. To a program in a terminal it says that the
 * terminal is gone, and such a program must not live on unseen. They are told apart by the terminal: where there was one and
 * it cannot be opened any more, it is a hang-up.
 * @param stop called on a hang-up, and where nothing can be read anew.
 */
export function hangUp(stop: () => void, hasTerminal: () => boolean = canOpenTerminal): HangUp {
  let reload: (() => void) | null = null;
  const hadTerminal = hasTerminal();
  return {
    asked() {
      const again = reload;
      if (again === null) stop();
      else if (hadTerminal) setTimeout(() => (hasTerminal() ? again() : stop()), A_MOMENT);
      else again();
    },
    onReload(then) {
      reload = then;
    },
  };
}

/** Whether this process has a controlling terminal (tty(4)). */
function canOpenTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', constants.O_RDONLY | constants.O_NOCTTY));
    return true;
  } catch {
    return false;
  }
}
