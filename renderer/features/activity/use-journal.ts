import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useBridge, useInvoke } from '../../live/bridge.ts';
import { addRecords, type JournalRow, joinRecords, type KnownRecords } from './journal-rows.ts';

const PAGE = 500;
const LIMIT = 20_000;

export interface LiveJournal {
  /** Undefined until the first page is here. */
  readonly rows: readonly JournalRow[] | undefined;
  readonly error: unknown;
  /** Reads the next older page, when there is one. */
  readOlder(): void;
  retry(): void;
}

/** The journal from its newest record backwards, and live: what is appended joins as it happens. */
export function useJournal(): LiveJournal {
  const bridge = useBridge();
  const invoke = useInvoke();
  const [known, setKnown] = useState<KnownRecords>(new Map());
  const [loaded, setLoaded] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const older = useRef({ busy: false, end: false });

  const read = useCallback(
    (before?: number) => {
      if (older.current.busy) return;
      older.current.busy = true;
      invoke('journal.query', { filter: {}, limit: PAGE, ...(before === undefined ? {} : { before }) })
        .then((records) => {
          if (records.length < PAGE) older.current.end = true;
          setKnown((current) => addRecords(current, records, LIMIT));
          setLoaded(true);
          setError(null);
        })
        .catch(setError)
        .finally(() => {
          older.current.busy = false;
        });
    },
    [invoke],
  );

  useEffect(() => {
    const stop = bridge.on('journal.appended', (records) => setKnown((current) => addRecords(current, records, LIMIT)));
    read();
    return stop;
  }, [bridge, read]);

  const rows = useMemo(() => joinRecords(known), [known]);
  const readOlder = () => {
    if (older.current.end || known.size === 0 || known.size >= LIMIT) return;
    read(Math.min(...known.keys()));
  };
  return { rows: loaded ? rows : undefined, error, readOlder, retry: () => read() };
}
