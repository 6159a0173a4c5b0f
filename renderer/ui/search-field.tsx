import { TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';

/** What narrows a list down as it is typed. */
export function SearchField(props: {
  readonly label: string;
  /** The label, where nothing says more. */
  readonly placeholder?: string;
  readonly width: number;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly autoFocus?: boolean;
  readonly onEnter?: () => void;
}) {
  return (
    <TextInput
      w={props.width}
      leftSection={<IconSearch size={14} aria-hidden />}
      placeholder={props.placeholder ?? props.label}
      aria-label={props.label}
      autoFocus={props.autoFocus}
      value={props.value}
      onChange={(event) => props.onChange(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') props.onEnter?.();
      }}
    />
  );
}
