"""The words that sources use: kinds of engagement, what engagements tell, what is told of a person."""

KINDS = (
    "email_sent email_not_sent email_bounced email_opened email_clicked email_unsubscribed spam_complained "
    "form_submitted form_failed landing_page_submitted page_viewed session_visited site_searched "
    "file_downloaded link_clicked social_clicked video_viewed "
    "webinar_invited webinar_registered webinar_attended event_registered event_attended "
    "brochure_downloaded price_list_downloaded configurator_used demo_requested quote_requested "
    "callback_requested career_page_viewed chat_held "
    "sales_called sales_met sales_emailed trade_fair_visited sample_requested "
    "opportunity_opened opportunity_won opportunity_lost opportunity_reopened opportunity_linked "
    "opportunity_unlinked product_purchased support_case_opened support_case_closed "
    "opted_in opted_out record_changed lead_created lead_converted interest_changed interest_assigned "
    "mailing_permitted"
).split()
"""What the platforms' callbacks become. A playbook defines each, and may add those of its own sources."""

ATTRIBUTES = (
    "actor amount asset bounce_type campaign case definition_key email_name form interest_id job opportunity "
    "product_line reason stage status subject unsubscribe_method url"
).split()
"""What the platforms' callbacks tell of an engagement; the signed intake may tell anything else as well."""

PROFILE_FIELDS = (
    "annual_revenue city company country department email email_domain employees first_name industry "
    "job_title language last_name phone role_in_company salutation website"
).split()
"""What may be known of a person; `email` and `email_domain` come from the key."""

ROUTED_BY = (
    "city company country customer employees expected_value gate grade industry postal_code product_line "
    "score state"
).split()
"""What routing may look at: of the interest, and of its Lead, Contact or Account as Salesforce has them."""

SYNCED_OF_RECORDS = (
    "account_id city company contact_id country department email employees first_name industry job_title "
    "last_name lead_id phone salutation website"
).split()
"""What the marketing automations may be told of a Lead or Contact, as Salesforce has it."""

SYNCED_OF_PERSONS = (
    "barred_lines grade language outcome outcome_amount outcome_at outcome_line outcome_reason "
    "paused_purposes person_id preferences_url score stage unsubscribe_url"
).split()
"""What they may be told of the person behind it, besides an `opt_in_...` for each purpose."""

ONLY_OF_PERSONS = frozenset(PROFILE_FIELDS) - {"city", "country", "language", "phone", "website"}
"""Fields that no engagement tells as an attribute; an event may well have a city."""
