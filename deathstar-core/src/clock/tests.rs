//! Virtual time, and what is driven on it.

use super::{
    Clock, Source,
    timers::{ENDED, lock},
};
use futures_util::future::join_all;
use std::{
    future::Future,
    sync::Mutex,
    task::{Context, Poll, Waker},
    time::Duration,
};
use tokio::task::JoinSet;

#[tokio::test]
async fn virtual_time_jumps_to_each_deadline_in_order() {
    let clock = Clock::virtual_time();
    let seen = Mutex::new(vec![]);
    let sleeps = [30_u64, 10, 20].map(|seconds| {
        let (clock, seen) = (clock.clone(), &seen);
        async move {
            clock.sleep(Duration::from_secs(seconds)).await;
            seen.lock().unwrap().push((seconds, clock.now().as_secs()));
        }
    });
    clock.drive(join_all(sleeps)).await;
    assert_eq!(*seen.lock().unwrap(), [(10, 10), (20, 20), (30, 30)]);
}

#[tokio::test]
async fn a_sleep_that_was_given_up_moves_no_time_and_leaves_little_behind() {
    let clock = Clock::virtual_time();
    let work = async {
        for _ in 0..1_000 {
            tokio::select! {
                biased;
                () = clock.sleep(Duration::from_secs(9)) => {}
                () = tokio::task::yield_now() => {}
            }
        }
        let Source::Virtual(timers) = &clock.0 else { return };
        assert!(lock(timers).sleeping.len() <= ENDED);
        clock.sleep(Duration::from_mins(1)).await;
    };
    clock.drive(work).await;
    assert_eq!(clock.now(), Duration::from_mins(1));
}

#[tokio::test]
async fn ticks_meet_at_one_instant() {
    let clock = Clock::virtual_time();
    let work = async {
        clock.sleep(Duration::from_millis(130)).await;
        clock.tick(Duration::from_millis(100)).await;
        clock.now()
    };
    assert_eq!(clock.drive(work).await, Duration::from_millis(200));
}

#[tokio::test]
async fn a_virtual_clock_waits_for_work_that_gives_way_to_others() {
    let clock = Clock::virtual_time();
    // More operations than the runtime allows in one poll.
    let permits = tokio::sync::Semaphore::new(1);
    let within_budget = async {
        for _ in 0..1_000 {
            drop(permits.acquire().await.unwrap());
        }
    };
    // More wakes than a set of futures takes in one poll.
    let restless = std::iter::repeat_with(|| async {
        let mut polls = 0;
        std::future::poll_fn(|cx| {
            polls += 1;
            cx.waker().wake_by_ref();
            if polls < 10 { Poll::Pending } else { Poll::Ready(()) }
        })
        .await;
    });
    let restless = restless.take(50).collect::<futures_util::stream::FuturesUnordered<_>>();
    let work = async {
        tokio::select! {
            biased;
            _ = join_all([within_budget]) => clock.now(),
            () = clock.sleep(Duration::from_secs(9)) => Duration::MAX,
        }
    };
    assert_eq!(clock.drive(work).await, Duration::ZERO);
    let work = async {
        tokio::select! {
            biased;
            () = futures_util::StreamExt::collect::<()>(restless) => clock.now(),
            () = clock.sleep(Duration::from_secs(9)) => Duration::MAX,
        }
    };
    assert_eq!(clock.drive(work).await, Duration::ZERO);
}

#[tokio::test]
async fn what_ends_last_lets_the_clock_go_on_for_those_who_sleep() {
    let clock = Clock::virtual_time();
    let (answer, answered) = tokio::sync::oneshot::channel();
    let (sleeper, caller) = (clock.clone(), clock.clone());
    // Tasks of their own: nobody polls one because another was woken.
    let mut tasks = JoinSet::new();
    tasks.spawn(async move { sleeper.drive(sleeper.sleep(Duration::from_secs(5))).await });
    tasks.spawn(async move {
        let call = async {
            // As a call does whose answer comes from outside.
            let _busy = caller.busy();
            answered.await.unwrap();
        };
        caller.drive(call).await;
    });
    for _ in 0..9 {
        tokio::task::yield_now().await;
    }
    answer.send(()).unwrap();
    for _ in 0..18 {
        tokio::task::yield_now().await;
    }
    while tasks.try_join_next().is_some() {}
    assert!(tasks.is_empty(), "the clock stands still");
    assert_eq!(clock.now(), Duration::from_secs(5));
}

#[tokio::test]
async fn a_deadline_of_nobody_does_not_stop_the_clock() {
    let clock = Clock::virtual_time();
    let mut outside = Box::pin(clock.sleep(Duration::from_secs(1)));
    // It has a deadline, and a waker that wakes nobody.
    assert!(outside.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    let own = clock.clone();
    let mut tasks = JoinSet::new();
    tasks.spawn(async move { own.drive(own.sleep(Duration::from_secs(5))).await });
    for _ in 0..9 {
        tokio::task::yield_now().await;
    }
    assert!(tasks.try_join_next().is_some(), "the clock stands still");
}

#[tokio::test]
async fn a_virtual_clock_waits_for_all_that_is_driven_on_it() {
    let clock = Clock::virtual_time();
    let (line, far) = (tokio::sync::Mutex::new(()), Duration::from_hours(1));
    let one = |number: u64| {
        let (clock, line) = (clock.clone(), &line);
        async move {
            let work = async {
                clock.sleep(Duration::from_millis(number)).await;
                for _ in 0..3 {
                    // Who gives the line free wakes another work than its own.
                    let _first = line.lock().await;
                    clock.sleep(Duration::from_secs(1)).await;
                }
            };
            clock
                .drive(async {
                    tokio::select! {
                        biased;
                        () = work => {}
                        () = clock.sleep(far) => {}
                    }
                })
                .await;
        }
    };
    join_all((0..20).map(one)).await;
    assert_eq!(clock.now(), Duration::from_mins(1));
}

#[tokio::test]
async fn work_that_was_given_up_awake_does_not_hold_the_clock() {
    let clock = Clock::virtual_time();
    drop(clock.drive(std::future::ready(())));
    let mut kept = None;
    let given_up = clock.drive(std::future::poll_fn(|cx| {
        kept = Some(cx.waker().clone());
        Poll::<()>::Pending
    }));
    assert!(futures_util::FutureExt::now_or_never(given_up).is_none());
    kept.unwrap().wake();
    clock.drive(clock.sleep(Duration::from_secs(1))).await;
    assert_eq!(clock.now(), Duration::from_secs(1));
}

#[tokio::test]
async fn a_virtual_clock_waits_for_what_is_real() {
    let clock = Clock::virtual_time();
    let (send, receive) = tokio::sync::oneshot::channel();
    let before = {
        let clock = clock.clone();
        async move {
            let busy = clock.busy();
            let () = receive.await.unwrap();
            drop(busy);
            clock.now()
        }
    };
    let sleeper = clock.sleep(Duration::from_secs(9));
    #[expect(clippy::disallowed_methods, reason = "something outside the clock has to happen")]
    tokio::spawn(async move {
        tokio::task::yield_now().await;
        send.send(()).unwrap();
    });
    let (before, ()) = clock.drive(futures_util::future::join(before, sleeper)).await;
    assert_eq!(before, Duration::ZERO);
    assert_eq!(clock.now(), Duration::from_secs(9));
}
