import type { LiveAlarms } from "../protocol";
import { counted, type replay as english } from "./replay.en";

export const replay: typeof english = {
  mark: "REPETICIÓN",
  state: { preparing: "se prepara…", playing: "en marcha", paused: "detenida", ended: "terminada" },
  lost: (why: string) => `sin conexión: ${why}`,
  play: "Seguir",
  pause: "Detener",
  jump: (minutes: number) => `${minutes > 0 ? "+" : "−"}${Math.abs(minutes)} min`,
  toLive: "A la página en vivo",
  liveUnknown: "Puestos en vivo: no se sabe.",
  liveNone: "Puestos en vivo: sin alarmas.",
  liveNow: (live: LiveAlarms) => `Ahora en vivo: ${counted(live, ["altas", "medias", "bajas"])}`,
  trial: {
    question: "En el pasado, en todos los puestos:",
    days: (days: number) => (days === 1 ? "último día" : `últimos ${days} días`),
    going: (percent: number) => `Se repite el registro… ${percent} %`,
    cancel: "Cancelar",
    counts: (vanish: number, appear: number, later: number, earlier: number, same: number) =>
      `${vanish} alarmas desaparecen, ${appear} aparecen, ${later} vienen más tarde, ${earlier} antes, ${same} quedan igual.`,
    vanish: "desaparece",
    appear: "aparece",
    later: (seconds: number) => `${Math.round(Math.abs(seconds))} s ${seconds > 0 ? "más tarde" : "antes"}`,
    missed: (count: number) => `${count} ${count === 1 ? "parte" : "partes"} de ese tiempo no se pudo repetir.`,
  },
  foot: "Esto es el pasado, sin sonido, y aquí no se puede hacer nada. No es una pantalla que vigile: deje abierta la página en vivo.",
};
