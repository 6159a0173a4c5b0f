import { type CallName, calls } from '../../preload/contract.ts';

/** The calls that need a person's hand. */
export type HandCall = {
  [Name in CallName]: (typeof calls)[Name] extends { readonly hand: true } ? Name : never;
}[CallName];

export function needsHand(call: CallName): call is HandCall {
  return 'hand' in calls[call];
}

/** What each would do, for the question that is asked where no hand was seen. */
const DOES: Readonly<Record<HandCall, string>> = {
  'app.openFolder': 'Open one of Gatehouse’s folders',
  'app.openLicences': 'Open the licences',
  'app.copyProblem': 'Copy the details of a problem',
  'app.copyReport': 'Copy the diagnostics report',
  'gateway.restart': 'Restart the gateway',
  'clusters.addKubeconfig': 'Choose a kubeconfig to add',
  'clusters.connect': 'Connect a cluster',
  'clusters.signIn': 'Sign in to a cluster',
  'clusters.disconnect': 'Disconnect a cluster',
  'clusters.startDemo': 'Start the demo cluster',
  'clusters.stopDemo': 'Stop the demo cluster',
  'clusters.copyOutsideLine': 'Copy the line for a terminal outside the app',
  'terminals.open': 'Open a terminal',
  'terminals.close': 'Close a terminal',
  'terminals.restart': 'Restart a terminal',
  'terminals.setNamespace': 'Change the namespace of a terminal',
  'streams.end': 'End an open stream',
  'policy.review': 'Review the change of the policy',
  'policy.accept': 'Accept the change of the policy',
  'policy.takeOver': 'Take over rules of the built-in policy',
  'signIn.answer': 'Send what was typed to the program that signs in',
  'signIn.cancel': 'Cancel the sign-in',
  'journal.copy': 'Copy records of the journal',
  'recordings.play': 'Play a recording',
  'recordings.export': 'Export a recording',
};

export interface HandQuestion {
  readonly message: string;
  readonly detail: string;
  readonly yes: string;
}

/** Puts a call to the person that no key and no click stands behind. */
export function handQuestion(call: HandCall): HandQuestion {
  return {
    message: `${DOES[call]}?`,
    detail:
      'Gatehouse’s window asks for this, but no key and no click was seen. Some screen readers press buttons that way. If you did not ask for it, cancel.',
    yes: DOES[call].startsWith('Sign in') ? 'Sign in' : (DOES[call].split(' ')[0] ?? ''),
  };
}
