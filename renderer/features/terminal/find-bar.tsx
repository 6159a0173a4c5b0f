import { ActionIcon, TextInput } from '@mantine/core';
import { IconChevronDown, IconChevronUp, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import styles from './terminal.module.css';

/** Search in what the terminal has shown. */
export function FindBar(props: {
  readonly found: { readonly index: number; readonly count: number } | null;
  readonly onFind: (text: string, direction: 'next' | 'previous') => void;
  readonly onClose: () => void;
}) {
  const [text, setText] = useState('');
  const { found } = props;
  const words =
    text === '' || found === null ? '' : found.count === 0 ? 'none' : `${found.index + 1} of ${found.count}`;
  return (
    <search className={styles.find}>
      <TextInput
        w={200}
        aria-label="Find in terminal"
        placeholder="Find in terminal"
        autoFocus
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          props.onFind(event.currentTarget.value, 'next');
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape') props.onClose();
          if (event.key === 'Enter') props.onFind(text, event.shiftKey ? 'previous' : 'next');
        }}
      />
      <span className={styles.findCount} role="status">
        {words}
      </span>
      <ActionIcon aria-label="Previous match" onClick={() => props.onFind(text, 'previous')}>
        <IconChevronUp size={16} aria-hidden />
      </ActionIcon>
      <ActionIcon aria-label="Next match" onClick={() => props.onFind(text, 'next')}>
        <IconChevronDown size={16} aria-hidden />
      </ActionIcon>
      <ActionIcon aria-label="Close find" onClick={props.onClose}>
        <IconX size={16} aria-hidden />
      </ActionIcon>
    </search>
  );
}
