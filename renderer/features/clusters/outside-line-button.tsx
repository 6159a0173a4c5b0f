import { Button } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useState } from 'react';
import { toProblem, useInvoke } from '../../live/bridge.ts';
import { useNavigation } from '../../live/navigation.tsx';

/** Copies the line that points kubectl of a terminal outside the app at the gateway. */
export function OutsideLineButton() {
  const invoke = useInvoke();
  const { cluster } = useNavigation();
  const [said, setSaid] = useState<string | null>(null);
  if (cluster === null) return null;
  const copy = () => {
    invoke('clusters.copyOutsideLine', undefined)
      .then(
        () => 'Copied: paste it into your terminal',
        (error: unknown) => toProblem(error).message,
      )
      .then((words) => {
        setSaid(words);
        setTimeout(() => setSaid(null), 3_000);
      });
  };
  return (
    <Button
      leftSection={said === null ? <IconCopy size={14} aria-hidden /> : <IconCheck size={14} aria-hidden />}
      title="export KUBECONFIG=… for a terminal outside the app"
      onClick={copy}
    >
      {said ?? 'Copy line for another terminal'}
    </Button>
  );
}
