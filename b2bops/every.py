"""Beat's interval, proof against a clock that is set back."""

from datetime import timedelta

from celery.schedules import schedule


class Every(schedule):
    """Every so many seconds. Celery's own interval counts from the last run, so that after the clock went back an hour
    it stays silent for an hour; a last run that lies in the future counts as due here.
    """

    def __init__(self, seconds: float, **kwargs):
        super().__init__(run_every=timedelta(seconds=seconds), **kwargs)

    def __reduce__(self):
        return type(self), (self.run_every.total_seconds(),)

    def is_due(self, last_run_at):
        if self.maybe_make_aware(last_run_at) > self.maybe_make_aware(self.now()):
            return True, self.run_every.total_seconds()
        return super().is_due(last_run_at)
