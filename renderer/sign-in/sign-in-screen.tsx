import { Button, TextInput } from '@mantine/core';
import { type FormEvent, useCallback, useEffect, useRef, useState } from 'react';
import type { SignInQuestion } from '../../preload/contract.ts';
import { useBridge, useInvoke } from '../live/bridge.ts';
import { Identifier } from '../ui/identifier.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { SkeletonRows } from '../ui/skeleton-rows.tsx';
import page from '../ui/window-page.module.css';
import styles from './sign-in.module.css';

/** What was on its way to another window when this one opened is no answer. */
const UNTIL_IT_WAS_SEEN_MS = 600;

/** What a credential plugin asks, and the line in which a person answers it. */
export function SignInScreen() {
  const invoke = useInvoke();
  const [question, failure] = useQuestion();
  const [text, setText] = useState('');
  const [seen, setSeen] = useState(false);
  const [refused, setRefused] = useState<unknown>(null);
  const [sending, setSending] = useState(false);
  const line = useRef<HTMLInputElement>(null);
  const end = useRef<HTMLDivElement>(null);
  const id = question?.id;
  useEffect(() => {
    if (id === undefined) return;
    line.current?.focus();
    const timer = setTimeout(() => setSeen(true), UNTIL_IT_WAS_SEEN_MS);
    return () => clearTimeout(timer);
  }, [id]);
  const printed = question?.text;
  useEffect(() => {
    if (printed !== undefined) end.current?.scrollIntoView({ block: 'end' });
  }, [printed]);
  const cancel = useCallback(() => {
    if (id !== undefined) invoke('signIn.cancel', { id }).catch(setRefused);
  }, [id, invoke]);
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.key === 'Escape') cancel();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [cancel]);

  if (failure !== null) return <ProblemNotice title="The question could not be read" error={failure} />;
  if (question === null) return <SkeletonRows label="Loading the question" />;
  const { context, command, masked, others } = question;
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (!seen || sending) return;
    setSending(true);
    setRefused(null);
    invoke('signIn.answer', { id: question.id, text })
      .then(() => setText(''), setRefused)
      .finally(() => {
        setSending(false);
        line.current?.focus();
      });
  };
  return (
    <main className={page.window}>
      <header className={page.header}>
        <h1>Sign in to {context}</h1>
        <p>
          <Identifier>{command}</Identifier>, the program that gives its credential, asks:
        </p>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls it */}
      <div className={page.body} tabIndex={0} role="log" aria-label="What it printed">
        {refused === null ? null : <ProblemNotice title="It was not sent" error={refused} />}
        <pre className={styles.printed}>{question.text}</pre>
        <div ref={end} />
      </div>
      <form className={page.footer} onSubmit={send} autoComplete="off">
        <TextInput
          ref={line}
          className={styles.answer}
          label={masked ? 'Answer, hidden' : 'Answer'}
          description={others === 0 ? 'For this program alone.' : `For this program alone. ${othersInWords(others)}`}
          type={masked ? 'password' : 'text'}
          autoComplete="off"
          spellCheck={false}
          value={text}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
        />
        <div className={page.actions}>
          <Button variant="default" onClick={cancel}>
            Cancel
          </Button>
          <Button type="submit" disabled={!seen}>
            Send
          </Button>
        </div>
      </form>
    </main>
  );
}

/** The question as it is now, and why it could not be read. */
function useQuestion(): readonly [SignInQuestion | null, unknown] {
  const bridge = useBridge();
  const invoke = useInvoke();
  const [question, setQuestion] = useState<SignInQuestion | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  useEffect(() => {
    let told = false;
    const stop = bridge.on('signIn.changed', (changed) => {
      told = true;
      setQuestion(changed);
    });
    invoke('signIn.question', undefined).then((read) => {
      if (!told) setQuestion(read);
    }, setFailure);
    return stop;
  }, [bridge, invoke]);
  return [question, failure];
}

function othersInWords(others: number): string {
  return others === 1 ? 'Another one waits to ask.' : `${others} more wait to ask.`;
}
