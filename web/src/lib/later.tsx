// A part of a page that is fetched when it is first wanted: dialogs, mostly.

import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";

export function later<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  let known: ComponentType<P> | null = null;
  return function Later(props: P) {
    const [, again] = useState(0);
    useEffect(() => {
      if (known) return;
      let stay = true;
      void load().then((Part) => {
        known = Part;
        if (stay) again(1);
      });
      return () => {
        stay = false;
      };
    }, []);
    const Part = known;
    return Part ? <Part {...props} /> : null;
  };
}
