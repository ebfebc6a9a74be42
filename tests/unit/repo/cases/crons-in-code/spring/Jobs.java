package a;
import org.springframework.scheduling.annotation.Scheduled;
@Component
public class Jobs {
  @Scheduled(cron = "0 0 2 * * *")
  public void nightly() {}
  @Scheduled(fixedRate = 5000)
  public void often() {}
  @Scheduled(cron = "${jobs.cron}")
  public void computed() {}
}
