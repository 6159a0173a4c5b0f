import { openRecording } from '../../../proxy/recording/recording-writer.ts';

/** Records numbered lines without end; tells each number once it was given to the recording 20 ms ago. */
const [folder = '', id = ''] = process.argv.slice(2);
let problems = 0;
const recording = openRecording({
  folder,
  id,
  header: {
    columns: 80,
    rows: 24,
    terminalType: 'xterm',
    title: 'child',
    shell: '/bin/sh',
    subject: { id, principal: 'local:dana', cluster: 'demo', clusterName: 'demo', namespace: 'default', session: 't' },
  },
  now: Date.now,
  onProblem: (error) => {
    problems += 1;
    console.log(`problem ${problems} ${(error as NodeJS.ErrnoException).code}`);
    setTimeout(() => process.exit(0), 100);
  },
});
let number = 0;
setInterval(() => {
  for (let count = 0; count < 50; count += 1) {
    number += 1;
    recording.output(Buffer.from(`line ${number}\r\n`));
  }
  const given = number;
  setTimeout(() => console.log(given), 20);
}, 2);
