import { useState } from 'preact/hooks';

/** A command to copy. */
export function Command({ text }: { text: string }) {
  const [copied, setCopied] = useState(false);
  const copy = (): void => {
    void navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => setCopied(false), // not allowed here: the text can still be selected
    );
  };
  return (
    <div class="command">
      <pre tabIndex={0}>{text}</pre>
      {'clipboard' in navigator && (
        <button type="button" class="button small" onClick={copy}>
          {copied ? 'Copied' : 'Copy'}
        </button>
      )}
    </div>
  );
}
