import { Button } from '@mantine/core';
import { IconShieldOff } from '@tabler/icons-react';
import { Identifier } from '../../ui/identifier.tsx';
import styles from './terminal.module.css';

/** The shell's KUBECONFIG leads around the gateway. It stands over the terminal until it is mended or looked past. */
export function BypassBanner(props: {
  readonly bypass: { readonly kubeconfig: string };
  readonly onRestart: () => void;
  /** The person looks past it, for this file. */
  readonly onPast: () => void;
}) {
  const { kubeconfig } = props.bypass;
  return (
    <div className={styles.blocked}>
      <div
        className={styles.blockedBox}
        role="alertdialog"
        aria-labelledby="bypass-title"
        aria-describedby="bypass-why"
      >
        <h2 id="bypass-title">
          <IconShieldOff size={18} aria-hidden />
          This shell goes around the gateway
        </h2>
        <p id="bypass-why">
          {kubeconfig === '' ? (
            'KUBECONFIG is not set in this shell any more, so kubectl uses your own kubeconfig.'
          ) : (
            <>
              KUBECONFIG is set to <Identifier>{kubeconfig}</Identifier> in this shell.
            </>
          )}{' '}
          kubectl then talks to the cluster itself: nothing is checked, masked or approved.
        </p>
        <p>
          Most often a line of the shell's start-up files (<Identifier>~/.bashrc</Identifier>,{' '}
          <Identifier>~/.zshrc</Identifier>, <Identifier>config.fish</Identifier>) exports KUBECONFIG. Take it out, or
          put <Identifier>{'[ -n "$KUBECONFIG" ] ||'}</Identifier> before it, then restart the shell.
        </p>
        <div className={styles.actions}>
          <Button variant="filled" autoFocus onClick={props.onRestart}>
            Restart shell
          </Button>
          <Button onClick={props.onPast}>Show the shell anyway</Button>
        </div>
      </div>
    </div>
  );
}
