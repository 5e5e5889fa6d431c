-- title: Depth of follow-up
-- grain: one group of leads by (by, key): never connected, and mature; the row of all leads comes first
-- unit: attempts; share
-- meaning: how often sales tried the leads it never reached. Only leads delivered in the period, never connected with
--   nor gone on with, not opted out, merged, erased or rejected, and old enough: at least the age of the first
--   checkpoint of their type. A reject that an arbitration took back was none. Connected leads are left out, for fast
--   success is no laziness; young ones, for their time has not come; the mean with them stands apart as a second look.
--   Attempts up to as-of.
-- requirements: S0.37, S4.33, 5.2, C8
-- columns:
--   by: all, lead_type, owner, stream, segment or month
--   key: the group's value; NULL if unknown
--   leads: leads of the population
--   mean: mean attempts (the article's chart)
--   median: median attempts, midpoint of the middle two
--   without: leads never tried
--   share_without: without ÷ leads
--   given_up: returned to marketing before the agreed minimum of attempts
--   share_given_up: given_up ÷ leads
--   calls: mean calls
--   voicemails: mean voicemails
--   emails: mean e-mails
--   whole: leads that got every touch the agreement asks for by channel (F14)
--   leads_all_ages: a second look: leads with the young ones among them
--   mean_all_ages: their mean attempts, which young leads drag down
--   small: fewer than 10 leads
WITH tried AS (
    SELECT
        f.lead_type, f.worker, f.stream, f.segment, date_trunc('month', f.delivered_on) AS month,
        f.attempts, f.unreached, f.given_up,
        coalesce(f.touches.call, 0) AS calls,
        coalesce(f.touches.voicemail, 0) AS voicemails,
        coalesce(f.touches.email, 0) AS emails,
        coalesce(f.touches.call, 0) >= n.call AND coalesce(f.touches.voicemail, 0) >= n.voicemail
            AND coalesce(f.touches.email, 0) >= n.email AND coalesce(f.touches.video, 0) >= n.video AS whole
    FROM pursuit f
    CROSS JOIN params p
    JOIN term_touches n ON n.lead_type = f.terms_type
    WHERE f.sought AND f.delivered_on BETWEEN p.from_on AND p.to_on
),
counted AS (
    SELECT
        CASE
            WHEN grouping(lead_type) = 0 THEN 'lead_type'
            WHEN grouping(worker) = 0 THEN 'owner'
            WHEN grouping(stream) = 0 THEN 'stream'
            WHEN grouping(segment) = 0 THEN 'segment'
            WHEN grouping(month) = 0 THEN 'month'
            ELSE 'all'
        END AS "by",
        lead_type, worker, stream, segment, month,
        count(*) FILTER (unreached) AS leads,
        avg(attempts) FILTER (unreached) AS mean,
        median(attempts) FILTER (unreached) AS median,
        count(*) FILTER (unreached AND attempts = 0) AS "without",
        count(*) FILTER (unreached AND given_up) AS given_up,
        avg(calls) FILTER (unreached) AS calls,
        avg(voicemails) FILTER (unreached) AS voicemails,
        avg(emails) FILTER (unreached) AS emails,
        count(*) FILTER (unreached AND whole) AS whole,
        count(*) AS leads_all_ages,
        avg(attempts) AS mean_all_ages
    FROM tried
    GROUP BY GROUPING SETS ((), (lead_type), (worker), (stream), (segment), (month))
    HAVING count(*) FILTER (unreached) > 0
)
SELECT
    "by",
    CASE "by"
        WHEN 'lead_type' THEN lead_type
        WHEN 'owner' THEN worker
        WHEN 'stream' THEN stream
        WHEN 'segment' THEN segment
        WHEN 'month' THEN strftime(month, '%Y-%m')
        ELSE 'all'
    END AS "key",
    leads, mean, median, "without",
    "without" / leads AS share_without,
    given_up,
    given_up / leads AS share_given_up,
    calls, voicemails, emails, whole,
    leads_all_ages, mean_all_ages,
    leads < 10 AS small
FROM counted
ORDER BY "by" <> 'all', "by", "key" NULLS LAST
