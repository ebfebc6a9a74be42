<?php
class Kernel extends ConsoleKernel {
    protected function schedule(Schedule $schedule): void {
        $schedule->command('emails:send')->daily();
        $schedule->command('x')->cron('*/5 * * * *');
    }
}
