import { Button } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useEffect, useState } from 'react';

/** Has something put on the clipboard and says so in place for two seconds. What is copied is never the page's own text. */
export function CopyButton(props: { readonly label: string; readonly copy: () => Promise<void> }) {
  const [state, setState] = useState<'ready' | 'copied' | 'failed'>('ready');
  useEffect(() => {
    if (state === 'ready') return;
    const timer = setTimeout(() => setState('ready'), 2_000);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = () => {
    props.copy().then(
      () => setState('copied'),
      () => setState('failed'),
    );
  };
  return (
    <Button
      leftSection={state === 'copied' ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
      onClick={copy}
    >
      {state === 'copied' ? 'Copied' : state === 'failed' ? 'Not copied' : props.label}
    </Button>
  );
}
