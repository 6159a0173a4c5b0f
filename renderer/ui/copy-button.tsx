import { Button } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useSurroundings } from './surroundings.ts';

/** Puts text on the clipboard and says so in place for two seconds. */
export function CopyButton(props: { readonly label: string; readonly text: string | (() => string) }) {
  const surroundings = useSurroundings();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2_000);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = () => {
    const text = typeof props.text === 'string' ? props.text : props.text();
    void surroundings.copy(text).then(() => setCopied(true));
  };
  return (
    <Button
      leftSection={copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
      onClick={copy}
    >
      {copied ? 'Copied' : props.label}
    </Button>
  );
}
