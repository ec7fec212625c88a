import { useEffect, useState } from 'preact/hooks';

import { Icon } from '../parts/icon.js';
import { droppedFiles } from './dropped.js';
import { importAsked, openCollection } from './import-state.js';

const carriesFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;

/** Files may be dropped anywhere on any page. */
export function DropZone() {
  const [over, setOver] = useState(false);
  useEffect(() => {
    let depth = 0; // entering a child comes before leaving its parent
    const enter = (event: DragEvent): void => {
      if (!carriesFiles(event)) return;
      depth += 1;
      setOver(true);
    };
    const leave = (event: DragEvent): void => {
      if (!carriesFiles(event)) return;
      depth -= 1;
      if (depth <= 0) setOver(false);
    };
    const allow = (event: DragEvent): void => {
      if (carriesFiles(event)) event.preventDefault();
    };
    const drop = (event: DragEvent): void => {
      if (!carriesFiles(event) || !event.dataTransfer) return;
      event.preventDefault();
      depth = 0;
      setOver(false);
      const into = openCollection.value;
      void droppedFiles(event.dataTransfer).then((files) => {
        if (files.length > 0) importAsked.value = { files, into };
      });
    };
    const on = { dragenter: enter, dragleave: leave, dragover: allow, drop } as const;
    for (const [name, handler] of Object.entries(on))
      document.addEventListener(name, handler as EventListener);
    return () => {
      for (const [name, handler] of Object.entries(on))
        document.removeEventListener(name, handler as EventListener);
    };
  }, []);
  if (!over) return null;
  return (
    <div class="drop-here">
      <div>
        <Icon name="file" size={28} />
        <p class="lede">Drop the files to import them</p>
        <p class="note-text ink2">.json, .jsonl, .js, .zip of an X archive, each also as .gz; folders too</p>
      </div>
    </div>
  );
}
