/* Speak with flite and tell where each phone ended.
 *
 * flite's own command speaks but keeps its phone times to itself; they are in the utterance's Segment relation,
 * exact to the sample, so speech made here needs no alignment afterwards.
 *
 * Reads lines "voice <TAB> duration stretch <TAB> pitch factor <TAB> text" from standard input and writes, for
 * each, to standard output (native byte order):
 *   int32 sample rate, int32 samples, int32 phones;
 *   per phone 8 bytes of name (zero padded) and float32 end in seconds;
 *   int16 samples.
 *
 * Build: cc -O2 flite_phones.c -lflite_cmu_us_awb -lflite_cmu_us_kal16 -lflite_cmu_us_rms -lflite_cmu_us_slt \
 *           -lflite_usenglish -lflite_cmulex -lflite -lm
 */
#include <flite/flite.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

cst_voice *register_cmu_us_awb(const char *directory);
cst_voice *register_cmu_us_kal16(const char *directory);
cst_voice *register_cmu_us_rms(const char *directory);
cst_voice *register_cmu_us_slt(const char *directory);

#define VOICES 4
static const char *const names[VOICES] = {"awb", "kal16", "rms", "slt"};
static cst_voice *voices[VOICES];
static float usual_pitch[VOICES];

static void load_voices(void)
{
    flite_init();
    voices[0] = register_cmu_us_awb(NULL);
    voices[1] = register_cmu_us_kal16(NULL);
    voices[2] = register_cmu_us_rms(NULL);
    voices[3] = register_cmu_us_slt(NULL);
    for (int i = 0; i < VOICES; i++)
        usual_pitch[i] = get_param_float(voices[i]->features, "int_f0_target_mean", 110.0F);
}

static int find_voice(const char *name)
{
    for (int i = 0; i < VOICES; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    fprintf(stderr, "flite_phones: no voice '%s'\n", name);
    exit(2);
}

static void put_int(int32_t value)
{
    fwrite(&value, sizeof value, 1, stdout);
}

static void put_phones(cst_utterance *utterance)
{
    cst_item *first = relation_head(utt_relation(utterance, "Segment"));
    int32_t count = 0;
    for (cst_item *phone = first; phone != NULL; phone = item_next(phone))
        count++;
    put_int(count);
    for (cst_item *phone = first; phone != NULL; phone = item_next(phone)) {
        char name[8] = {0};
        float end = item_feat_float(phone, "end");
        strncpy(name, item_feat_string(phone, "name"), sizeof name - 1);
        fwrite(name, sizeof name, 1, stdout);
        fwrite(&end, sizeof end, 1, stdout);
    }
}

static void speak(const char *name, float stretch, float pitch, const char *text)
{
    int which = find_voice(name);
    cst_voice *voice = voices[which];
    /* Statistical voices scale their predicted pitch, the diphone voice takes a mean in hertz. */
    feat_set_float(voice->features, "duration_stretch", stretch);
    feat_set_float(voice->features, "f0_shift", pitch);
    feat_set_float(voice->features, "int_f0_target_mean", usual_pitch[which] * pitch);
    cst_utterance *utterance = flite_synth_text(text, voice);
    cst_wave *wave = utt_wave(utterance);
    put_int(wave->sample_rate);
    put_int(wave->num_samples);
    put_phones(utterance);
    fwrite(wave->samples, sizeof(int16_t), (size_t)wave->num_samples, stdout);
    fflush(stdout);
    delete_utterance(utterance);
}

int main(void)
{
    char line[4096];
    load_voices();
    while (fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        char *voice = strtok(line, "\t");
        char *stretch = strtok(NULL, "\t");
        char *pitch = strtok(NULL, "\t");
        char *text = strtok(NULL, "\t");
        if (text == NULL) {
            fprintf(stderr, "flite_phones: a line needs four fields\n");
            return 2;
        }
        speak(voice, strtof(stretch, NULL), strtof(pitch, NULL), text);
    }
    return 0;
}
