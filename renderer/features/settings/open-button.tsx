import { Button } from '@mantine/core';
import { IconFolderOpen } from '@tabler/icons-react';
import { useState } from 'react';
import { toProblem } from '../../live/bridge.ts';

/** Opens something in a program of the system's, and says beside it why that could not be. */
export function OpenButton({
  label,
  name,
  open,
}: {
  readonly label: string;
  /** For those who do not see where the button stands. */
  readonly name: string;
  readonly open: () => Promise<void>;
}) {
  const [problem, setProblem] = useState<string | null>(null);
  return (
    <>
      {problem === null ? null : <span role="alert">{problem}</span>}
      <Button
        ml="auto"
        leftSection={<IconFolderOpen size={14} aria-hidden />}
        aria-label={name}
        onClick={() =>
          open().then(
            () => setProblem(null),
            (error: unknown) => setProblem(toProblem(error).message),
          )
        }
      >
        {label}
      </Button>
    </>
  );
}
