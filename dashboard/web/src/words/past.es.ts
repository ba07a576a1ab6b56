/** The words of the history in Spanish. */

import type { Words } from "./en";

const percent = (part: number, whole: number) => (whole > 0 ? `${Math.round((part / whole) * 100)} %` : "–");

export const past: Words["past"] = {
  open: "Historial",
  earlier: "Antes…",
  title: "Historial",
  notNow: "PASADO: no son valores actuales",
  asOf: (time) => `leído a las ${time}`,
  page: { chair: "Sillón", burden: "Carga de alarmas" },
  chair: "Sillón",
  day: "Día",
  spans: { hour: "1 h", shift: "8 h", day: "1 día", week: "7 días", month: "30 días" },
  reading: "Leyendo el registro…",
  each: (seconds) =>
    seconds === 1
      ? "Cada segundo."
      : `Cada punto: ${seconds % 3600 === 0 ? `${seconds / 3600} h` : seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`}, con su valor más bajo y más alto.`,
  limitsAtEnd: "Límites: los del final de este tiempo. Antes regían otros.",
  limitsThen: "Límites: los de este tiempo.",
  noChairs: "El registro aún no tiene valores.",
  away: "Nadie vigilaba",
  otherAlarms: "Otras alarmas",
  linkLost: "Enlace perdido",
  values: "Valores (CSV)",
  alarms: "Alarmas (CSV)",
  acts: "Acciones (CSV)",
  watchAgain: "Volver a ver",
  alarmCount: (shown) => `${shown} ${shown === 1 ? "alarma" : "alarmas"}`,
  done: "Hecho",
  everyRule: "Todas las reglas",
  rule: "Regla",
  noAlarms: "Ninguna alarma en este tiempo.",
  noDeeds: "Nada se hizo en este tiempo.",
  stillThere: "sigue presente",

  deeds: {
    acknowledge: "Vista",
    shelve: "Apartada",
    unshelve: "Recuperada",
    plan: "Previsto",
  },

  burden: {
    perHour: "alarmas por hora de sillón vigilado",
    counts: (merged, raw) => `${merged} alarmas; ${raw} con las que volvieron en 1 min`,
    hours: (watched, monitored, running) =>
      `${watched} horas de sillón vigiladas, ${monitored} con valores; el servicio funcionó ${running} h.`,
    short: "duraron menos de 10 s",
    within: "vistas en 30 s",
    median: "hasta ser vistas, mediana",
    p90: (seconds) => `9 de cada 10 en ${seconds}`,
    answered: (answered, all) => `${answered} de ${all} vistas`,
    of: (part, whole) => `${percent(part, whole)} (${part} de ${whole})`,
    busiest: "en los 10 minutos más cargados",
    floods: (count) => `${count} veces 10 o más`,
    clinic: (count) => `No se cuentan aquí ${count} de la clínica en conjunto.`,
    byRule: "Por regla",
    byChair: "Por sillón",
    byHour: "Por hora del día",
    hourBar: (hour, merged, perHour) => `${hour} h: ${merged} alarmas, ${perHour} por hora de sillón`,
    worst: "Las más frecuentes",
    high: "Prioridad alta",
    columns: {
      name: "Regla",
      merged: "Alarmas",
      raw: "Todas",
      perHour: "Por hora de sillón",
      short: "< 10 s",
      median: "Duración (mediana)",
      answered: "Vistas",
    },
    seconds: (seconds) => (seconds === null ? "–" : seconds < 120 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`),
    nothing: "En este tiempo no se vigiló nada.",
  },
};
