/**
 * The bytes of an answer cannot be read so surely that a mask could be trusted. Stays inside masking/: towards the
 * client it becomes the Refusal `response-not-maskable`. Its message never quotes the answer.
 */
export class NotMaskable extends Error {
  override readonly name = 'NotMaskable';
}
