import type { Forecast } from "../../../domain/forecast/forecast.ts";
import type { ForecastView } from "../../../protocol/http/runs.ts";

/** The forecast of the whole run for the strip: when it ends, with what odds, and until when a rollback fits. */
export function presentForecast(forecast: Forecast): ForecastView {
  return {
    finishP50At: forecast.finishP50 ?? null,
    finishP90At: forecast.finishP90 ?? null,
    oddsInWindow: forecast.oddsInWindow ?? null,
    pointOfNoReturnAt: forecast.pointOfNoReturn ?? null,
    latenessMs: forecast.latenessMs ?? null,
    why: forecast.why,
  };
}
