import { useCallback, useState } from 'react';

/**
 * State that the window remembers between starts: widths, sort order, a folded sidebar. Never data of a cluster.
 * @param read turns what was stored (anything: an older version may have written it) into a value.
 */
export function useStoredState<Value>(key: string, read: (stored: unknown) => Value): [Value, (value: Value) => void] {
  const [value, setValue] = useState(() => read(stored(key)));
  const store = useCallback(
    (next: Value) => {
      setValue(next);
      try {
        localStorage.setItem(`gatehouse.${key}`, JSON.stringify(next));
      } catch {
        // A full or forbidden storage loses a column width, nothing else.
      }
    },
    [key],
  );
  return [value, store];
}

function stored(key: string): unknown {
  try {
    const text = localStorage.getItem(`gatehouse.${key}`);
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
