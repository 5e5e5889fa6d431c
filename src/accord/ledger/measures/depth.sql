-- title: Depth of follow-up
-- grain: one group of leads by (by, key): never connected, and mature; the row of all leads comes first
-- unit: attempts; share
-- meaning: how often sales tried the leads it never reached. Only leads delivered in the period, never connected with
--   nor gone on with, not opted out, merged, erased or rejected, and old enough: at least the age of the first
--   checkpoint of their type. Connected leads are left out, for fast success is no laziness; young ones, for their
--   time has not come. Attempts of all ages up to as-of.
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
--   calls: mean calls
--   voicemails: mean voicemails
--   emails: mean e-mails
--   whole: leads that got every touch the agreement asks for by channel (F14)
--   small: fewer than 10 leads
WITH first_point AS (
    SELECT lead_type, min(age_us) AS age_us FROM term_cadence GROUP BY lead_type
),
population AS (
    SELECT c.*, returned.at AS returned_at
    FROM cycle c
    CROSS JOIN params p
    JOIN first_point f ON f.lead_type = c.terms_type
    LEFT JOIN (SELECT lead, min(occurred_at) AS at FROM event WHERE kind = 'returned' GROUP BY lead) returned
        ON returned.lead = c.lead
    WHERE c.delivered_on BETWEEN p.from_on AND p.to_on
        AND date_diff('microsecond', c.delivered_at, p.as_of) >= f.age_us
        AND least(c.connected_at, c.sql_at, c.opportunity_at, c.proposal_at, c.won_at) IS NULL
        AND c.gone_at IS NULL
        AND c.rejected_at IS NULL
),
touched AS (
    SELECT
        lead,
        count(*) FILTER (channel = 'call') AS calls,
        count(*) FILTER (channel = 'voicemail') AS voicemails,
        count(*) FILTER (channel = 'email') AS emails,
        count(*) FILTER (channel = 'video') AS videos
    FROM touch
    GROUP BY lead
),
tried AS (
    SELECT
        c.lead_type, c.worker, c.stream, c.segment, c.delivered_on, c.attempts,
        coalesce(t.calls, 0) AS calls,
        coalesce(t.voicemails, 0) AS voicemails,
        coalesce(t.emails, 0) AS emails,
        coalesce(t.calls, 0) >= n.call AND coalesce(t.voicemails, 0) >= n.voicemail
            AND coalesce(t.emails, 0) >= n.email AND coalesce(t.videos, 0) >= n.video AS whole,
        c.returned_at IS NOT NULL AND c.chase_over_at IS NULL AS given_up
    FROM population c
    JOIN term_touches n ON n.lead_type = c.terms_type
    LEFT JOIN touched t ON t.lead = c.lead
),
grouped AS (
    SELECT 'all' AS "by", 'all' AS "key", t.* FROM tried t
    UNION ALL
    SELECT 'lead_type', t.lead_type, t.* FROM tried t
    UNION ALL
    SELECT 'owner', t.worker, t.* FROM tried t
    UNION ALL
    SELECT 'stream', t.stream, t.* FROM tried t
    UNION ALL
    SELECT 'segment', t.segment, t.* FROM tried t
    UNION ALL
    SELECT 'month', strftime(t.delivered_on, '%Y-%m'), t.* FROM tried t
)
SELECT
    "by", "key",
    count(*) AS leads,
    avg(attempts) AS mean,
    median(attempts) AS median,
    count(*) FILTER (attempts = 0) AS "without",
    count(*) FILTER (attempts = 0) / count(*) AS share_without,
    count(*) FILTER (given_up) AS given_up,
    avg(calls) AS calls,
    avg(voicemails) AS voicemails,
    avg(emails) AS emails,
    count(*) FILTER (whole) AS whole,
    count(*) < 10 AS small
FROM grouped
GROUP BY "by", "key"
ORDER BY "by" <> 'all', "by", "key" NULLS LAST
